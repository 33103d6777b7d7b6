// SPDX-License-Identifier: Apache-2.0
//
// What follows a report unless GORACE has plain=1: in the manner of a compiler's message, what raced, the two source
// lines, the locks, where the goroutines come from, what to do, and how to run it again. Coloured if the text goes to a
// terminal and NO_COLOR is not set.

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "detector/src/patterns.h"
#include "detector/src/race_report.h"
#include "detector/src/source.h"

namespace baton::detector {
namespace {

struct Colours {
  const char* title = "";
  const char* current = "";
  const char* previous = "";
  const char* frame = "";
  const char* end = "";
};
// Readable on a dark and on a light background: no yellow, no white.
constexpr Colours kColours = {"\033[1;31m", "\033[1;31m", "\033[1;35m", "\033[1;34m", "\033[0m"};

// "balance" of "account.balance", "name" of "tab[3].name[2]", "total" of "bank::total"; null for null and for what is
// no name.
const char* last_name(const char* path) {
  static char name[256];  // guarded by the mutex of report.cpp
  if (path == nullptr) return nullptr;
  const char* end = path + strlen(path);
  while (end > path && end[-1] == ']') {
    do {
      --end;
    } while (end > path && *end != '[');
  }
  const char* begin = end;
  while (begin > path && is_identifier_char(begin[-1])) --begin;
  const size_t length = static_cast<size_t>(end - begin);
  if (length == 0 || length >= sizeof name) return nullptr;
  memcpy(name, begin, length);
  name[length] = '\0';
  return name;
}

class Explanation {
 public:
  Explanation(Writer& out, const RaceReport& report, bool colour)
      : out_(out), report_(report), colours_(colour ? kColours : Colours{}) {
    for (const Side* side : {&report.current, &report.previous}) {
      const Frame* frame = own_frame(side->stack);
      int digits = frame != nullptr ? snprintf(nullptr, 0, "%d", frame->line) : 1;
      if (digits > margin_) margin_ = digits;
    }
  }

  void print() {
    print_title();
    print_side(report_.current, "-->", '^', colours_.current, "");
    print_side(report_.previous, ":::", '-', colours_.previous, "earlier ");
    for (const Goroutine& goroutine : report_.goroutines) print_ancestry(goroutine);
    print_note("pattern", report_.pattern);
    print_note("help", report_.help);
    print_id();
    print_again();
    out_.print("\n");
  }

 private:
  void print_title() {
    out_.print("%s%s%s", colours_.title, report_.kind, colours_.end);
    const Location& location = report_.location;
    if (location.name != nullptr) out_.print(" on `%s`", location.name);
    if (location.type != nullptr) out_.print(" of type %s", location.type);
    if (location.kind == Location::kHeap) {
      const Frame* frame = own_frame(location.stack);
      out_.print(", in a heap block of %zu bytes", location.size);
      if (frame != nullptr && frame->file != nullptr) out_.print(" from %s:%d", frame->file, frame->line);
    } else if (location.file != nullptr) {
      out_.print(", declared at %s:%d", shown_file(location.file), location.line);
    }
    out_.print("\n");
  }

  void bar() { out_.print("%s%*s |%s", colours_.frame, margin_, "", colours_.end); }

  void print_side(const Side& side, const char* arrow, char mark, const char* colour, const char* when) {
    const Frame* frame = own_frame(side.stack);
    if (frame == nullptr) return;
    out_.print("%s%*s%s%s ", colours_.frame, margin_, "", arrow, colours_.end);
    if (frame->file != nullptr) {
      out_.print("%s:%d", frame->file, frame->line);
      if (frame->column != 0) out_.print(":%d", frame->column);
    } else {
      out_.print("%s", frame->module);
    }
    out_.print(" in %s\n", frame->function);
    const SourceLine line = source_line(frame->path, frame->line);
    if (line.text != nullptr) {
      bar();
      out_.print("\n%s%*d |%s ", colours_.frame, margin_, frame->line, colours_.end);
      print_source(line);
      out_.print("\n");
      bar();
      out_.print(" ");
      print_mark(line, frame->column, mark, colour);
    } else {
      bar();
    }
    out_.print(" %s%s%s by ", colour, when, side.what);
    print_actor(side);
    print_locks(side);
    out_.print("%s\n", colours_.end);
  }

  void print_actor(const Side& side) {
    if (side.access.owner.task_id == 1) {
      out_.print("the main goroutine");
    } else if ((side.access.owner.task_id & kThreadBit) != 0) {
      out_.print("thread T%llu", static_cast<unsigned long long>(side.access.owner.task_id & ~kThreadBit));
    } else {
      out_.print("goroutine %llu", static_cast<unsigned long long>(side.access.owner.task_id));
    }
  }

  void print_locks(const Side& side) {
    if (side.locks.empty()) {
      out_.print(side.locks_known ? ", no lock held" : ", locks vary");
      return;
    }
    out_.print(", holding ");
    for (size_t i = 0; i < side.locks.count; ++i) {
      const HeldLock& lock = side.locks[i];
      if (i != 0) out_.print(", ");
      if (lock.name != nullptr) {
        out_.print("`%s`", lock.name);
      } else {
        out_.print("the lock at 0x%012lx", static_cast<unsigned long>(lock.address));
      }
      if (lock.shared) out_.print(" for reading");
      const Frame* frame = own_frame(lock.stack);
      if (frame != nullptr && frame->file != nullptr) out_.print(" (locked at line %d)", frame->line);
    }
  }

  // Tabs become one blank, as in the line of marks, so that both stay aligned.
  void print_source(const SourceLine& line) {
    constexpr size_t kMaxLength = 240;
    for (size_t i = 0; i < line.length && i < kMaxLength; ++i) {
      const char c = line.text[i];
      const bool printable = static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
      out_.append(printable ? &c : " ", 1);
    }
  }

  // "++" or "--" before its operand.
  static bool is_prefix(const SourceLine& line, size_t at) {
    if (at + 3 > line.length || line.text[at] != line.text[at + 1] || strchr("+-", line.text[at]) == nullptr)
      return false;
    for (at += 2; at < line.length && line.text[at] == '*';) ++at;
    return at < line.length && is_identifier_char(line.text[at]);
  }

  static size_t word_end(const SourceLine& line, size_t at) {
    while (at < line.length && is_identifier_char(line.text[at])) ++at;
    return at;
  }

  // What is marked of a line: the name at the column; if an operator stands there, the last name of what raced before
  // it, or else the operator, with its operand if that follows; without a column the variable's name, else the whole
  // line.
  void find_mark(const SourceLine& line, int column, size_t* begin, size_t* end) {
    const Location& location = report_.location;
    const char* place = nullptr;
    const size_t at = column > 0 ? static_cast<size_t>(column) - 1 : 0;
    const bool on_operator = column > 0 && at < line.length && !is_identifier_char(line.text[at]);
    const bool prefix = on_operator && is_prefix(line, at);
    if (column == 0 && location.root != nullptr) place = find_word(line, location.root);
    if (on_operator && !prefix) {
      const char* name = last_name(location.name);
      place = name != nullptr ? find_last_word({line.text, at}, name) : nullptr;
    }
    *begin = place != nullptr ? static_cast<size_t>(place - line.text) : at;
    *end = word_end(line, *begin);
    if (on_operator && place == nullptr) {
      while (*end < line.length && strchr("+-*/%&|^=<>!~", line.text[*end]) != nullptr) ++*end;
      if (prefix) *end = word_end(line, *end);
    } else if (column == 0 && place == nullptr) {
      while (*begin < line.length && line.text[*begin] <= ' ') ++*begin;
      *end = line.length;
    }
    if (*end <= *begin) *end = *begin + 1;
  }

  void print_mark(const SourceLine& line, int column, char mark, const char* colour) {
    size_t begin;
    size_t end;
    find_mark(line, column, &begin, &end);
    // Continuation bytes of UTF-8 take no column on the screen.
    for (size_t i = 0; i < begin && i < line.length; ++i) {
      if ((line.text[i] & 0xc0) != 0x80) out_.print(" ");
    }
    out_.print("%s", colour);
    for (size_t i = begin; i < end; ++i) out_.append(&mark, 1);
    out_.print("%s", colours_.end);
  }

  // What a baseline and a suppression call this race.
  void print_id() {
    out_.print("%s%*s =%s id: b1:%016llx\n", colours_.frame, margin_, "", colours_.end,
               static_cast<unsigned long long>(report_.fingerprint));
  }

  void print_note(const char* what, const char* text) {
    if (text == nullptr) return;
    out_.print("%s%*s =%s %s: %s\n", colours_.frame, margin_, "", colours_.end, what, text);
  }

  void print_ancestry(const Goroutine& goroutine) {
    if (goroutine.created.empty()) return;
    out_.print("%s%*s =%s note: %s%llu was created", colours_.frame, margin_, "", colours_.end,
               (goroutine.id & kThreadBit) != 0 ? "thread T" : "goroutine ",
               static_cast<unsigned long long>(goroutine.id & ~kThreadBit));
    for (size_t i = 0; i < goroutine.created.count; ++i) {
      const Frame* frame = own_frame(goroutine.created[i]);
      if (frame == nullptr) continue;
      out_.print("%s in %s", i == 0 ? "" : ", by a goroutine created", frame->function);
      if (frame->file != nullptr) out_.print(" at %s:%d", frame->file, frame->line);
    }
    out_.print("\n");
  }

  // The command line, quoted for a shell. `baton run` removes the program that it made: it leaves that one's name, a
  // line break, and the command to type instead.
  void print_again() {
    char text[4096];
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t size = fd >= 0 ? read(fd, text, sizeof text) : 0;
    if (fd >= 0) close(fd);
    if (size <= 0) return;
    out_.print("%s%*s =%s again: GORACE=halt_on_error=1", colours_.frame, margin_, "", colours_.end);
    const char* instead = typed_command(text, static_cast<size_t>(size));
    if (instead != nullptr) out_.print(" %s", instead);
    for (const char* word = text; word < text + size; word += strlen(word) + 1) {
      if (memchr(word, '\0', static_cast<size_t>(text + size - word)) == nullptr) {
        out_.print(" ...");
        break;
      }
      if (instead == nullptr || word != text) print_quoted(word);
      if (instead != nullptr && word == text && word + strlen(word) + 1 < text + size) out_.print(" --");
    }
    out_.print("\n");
  }

  static const char* typed_command(const char* program, size_t size) {
    const char* run = getenv("BATON_RUN");
    const size_t length = strnlen(program, size);
    if (run == nullptr || strncmp(run, program, length) != 0 || run[length] != '\n') return nullptr;
    return run + length + 1;
  }

  void print_quoted(const char* word) {
    bool plain = *word != '\0';
    for (const char* c = word; *c != '\0'; ++c) plain = plain && (is_identifier_char(*c) || strchr("/.,:=+-@%", *c));
    if (plain) {
      out_.print(" %s", word);
      return;
    }
    out_.print(" '");
    for (const char* c = word; *c != '\0'; ++c) {
      if (*c == '\'') {
        out_.print("'\\''");
      } else {
        out_.append(static_cast<unsigned char>(*c) >= 0x20 ? c : "?", 1);
      }
    }
    out_.print("'");
  }

  Writer& out_;
  const RaceReport& report_;
  const Colours colours_;
  int margin_ = 1;
};

}  // namespace

bool wants_colour(int fd) {
  const char* no_color = getenv("NO_COLOR");
  const char* term = getenv("TERM");
  return isatty(fd) == 1 && (no_color == nullptr || *no_color == '\0') && term != nullptr && strcmp(term, "dumb") != 0;
}

void print_explanation(Writer& out, const RaceReport& report, bool colour) { Explanation(out, report, colour).print(); }

}  // namespace baton::detector
