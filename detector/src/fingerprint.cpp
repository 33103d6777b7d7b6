// SPDX-License-Identifier: Apache-2.0
//
// The fingerprint of a race (docs/json.md, "Fingerprint"): equal for one race in every run, whichever side came first,
// and after lines were inserted above it. It knows functions, not lines: two races between the same functions on the
// same variable have one fingerprint.

#include <string.h>

#include "detector/src/race_report.h"

namespace baton::detector {
namespace {

constexpr int kFrames = 3;

class Hash {
 public:
  void add(char c) { value_ = (value_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ull; }  // FNV-1a
  void add(const char* text) {
    for (; *text != '\0'; ++text) add(*text);
    add('\n');
  }
  void add(uint64_t number) {
    for (int i = 0; i < 8; ++i) add(static_cast<char>(number >> (8 * i)));
  }
  uint64_t value() const { return value_; }

 private:
  uint64_t value_ = 0xcbf29ce484222325ull;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The qualified name without template arguments, parameters and the compiler's numbers for lambdas: "$_12", "'lambda3'"
// and "{lambda()#2}" count those before it in the function.
void add_function(Hash& hash, const char* function) {
  int depth = 0;
  for (const char* c = qualified_name(function); *c != '\0'; ++c) {
    bool operator_name = strncmp(c, "operator", 8) == 0;
    if (depth == 0 && operator_name) {
      // "operator()", "operator<": what follows the word is name, up to the parameters.
      for (int i = 0; i < 8; ++i) hash.add(*c++);
      if (strncmp(c, "()", 2) == 0) c += 2;
      while (*c != '\0' && *c != '(') hash.add(*c++);
      break;
    }
    if (depth == 0 && strncmp(c, "(anonymous namespace)", 21) == 0) {
      c += 20;
      continue;
    }
    if (*c == '<') ++depth;
    if (depth == 0 && *c == '(') break;
    if (depth == 0 && !is_digit(*c)) hash.add(*c);
    if (*c == '>') --depth;
  }
  hash.add('\n');
}

// The innermost functions of the program's own; those of libraries only if there are no others.
uint64_t side_hash(const Side& side) {
  Hash hash;
  hash.add(side.what);
  int taken = 0;
  for (const Frame* frame : side.stack) {
    if (taken == kFrames) break;
    if (is_library_function(frame->function)) continue;
    add_function(hash, frame->function);
    ++taken;
  }
  for (const Frame* frame : side.stack) {
    if (taken != 0) break;
    add_function(hash, frame->function);
  }
  return hash.value();
}

void add_variable(Hash& hash, const Location& location) {
  constexpr const char* kKinds[] = {"unknown", "global", "heap", "stack", "thread-local"};
  hash.add(kKinds[location.kind]);
  for (const char* c = location.name != nullptr ? location.name : ""; *c != '\0'; ++c) {
    if (!is_digit(*c)) hash.add(*c);  // elements of one array are one race
  }
}

}  // namespace

uint64_t fingerprint_of(const RaceReport& report) {
  uint64_t a = side_hash(report.current);
  uint64_t b = side_hash(report.previous);
  Hash hash;
  hash.add("baton race 1");
  add_variable(hash, report.location);
  hash.add(a < b ? a : b);
  hash.add(a < b ? b : a);
  return hash.value();
}

}  // namespace baton::detector
