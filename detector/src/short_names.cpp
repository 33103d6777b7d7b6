// SPDX-License-Identifier: Apache-2.0

#include "detector/src/short_names.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

namespace baton::detector {
namespace {

// Defaults of the library's containers, strings, streams and pointers; each is followed by its own arguments.
constexpr const char* kDefaults[] = {", std::allocator<", ", std::char_traits<", ", std::less<",
                                     ", std::hash<",      ", std::equal_to<",    ", std::default_delete<"};
constexpr const char* kInline[] = {"std::__cxx11::", "std::__1::"};
constexpr char kBasic[] = "std::basic_";
constexpr char kOfChar[] = "<char>";

bool starts_with(const char* text, const char* prefix) { return strncmp(text, prefix, strlen(prefix)) == 0; }

void erase(char* from, size_t length) { memmove(from, from + length, strlen(from + length) + 1); }

bool is_name_char(char c) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Behind the '>' that closes the '<' just before `arguments`; null if there is none. Operators between parentheses and
// arrows are no brackets.
char* end_of_arguments(char* arguments) {
  int depth = 1;
  int parentheses = 0;
  for (char* c = arguments; *c != '\0'; ++c) {
    if (*c == '(') ++parentheses;
    if (*c == ')') --parentheses;
    if (parentheses != 0 || (*c == '>' && c[-1] == '-')) continue;
    if (*c == '<') ++depth;
    if (*c == '>' && --depth == 0) return c + 1;
  }
  return nullptr;
}

// One of kDefaults at `at`, if nothing but other defaults follows it in the list.
char* end_of_default(char* at) {
  for (const char* prefix : kDefaults) {
    if (!starts_with(at, prefix)) continue;
    char* end = end_of_arguments(at + strlen(prefix));
    if (end == nullptr) return nullptr;
    const char* rest = *end == ' ' ? end + 1 : end;
    return *rest == '>' || end_of_default(end) != nullptr ? end : nullptr;
  }
  return nullptr;
}

// "> >", as it was written before C++11, unless the first is of an operator's name.
bool is_parted_end(const char* name, const char* at) {
  if (!starts_with(at, "> >")) return false;
  while (at > name && (at[-1] == '>' || at[-1] == '-' || at[-1] == '<' || at[-1] == '=')) --at;
  constexpr char kOperator[] = "operator";
  return at < name + strlen(kOperator) || !starts_with(at - strlen(kOperator), kOperator);
}

bool same_file(const char* a, const char* b) {
  struct stat left;
  struct stat right;
  const bool have_left = stat(a, &left) == 0;
  const bool have_right = stat(b, &right) == 0;
  if (!have_left || !have_right) return have_left == have_right;
  return left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

}  // namespace

void shorten_name(char* name) {
  for (char* c = name; *c != '\0'; ++c) {
    for (const char* prefix : kInline) {
      if (starts_with(c, prefix)) erase(c + strlen("std::"), strlen(prefix) - strlen("std::"));
    }
  }
  for (char* c = name; *c != '\0'; ++c) {
    while (char* end = end_of_default(c)) {
      if (*end == ' ') ++end;  // "> >"
      erase(c, static_cast<size_t>(end - c));
    }
  }
  for (char* c = name; *c != '\0'; ++c) {
    if (is_parted_end(name, c)) erase(c + 1, 1);
  }
  for (char* c = name; *c != '\0'; ++c) {
    if (!starts_with(c, kBasic)) continue;
    char* end = c + strlen(kBasic);
    while (is_name_char(*end)) ++end;
    if (!starts_with(end, kOfChar)) continue;
    erase(end, strlen(kOfChar));
    erase(c + strlen("std::"), strlen(kBasic) - strlen("std::"));
  }
}

char* path_without_dots(const char* file) {
  if (file == nullptr || file[0] != '/' || strstr(file, "/../") == nullptr) return nullptr;
  char* result = strdup(file);
  if (result == nullptr) return nullptr;
  size_t used = 0;
  for (const char* part = file; *part != '\0';) {  // each begins with '/'
    const size_t length = 1 + strcspn(part + 1, "/");
    if (length == 3 && memcmp(part, "/..", 3) == 0) {
      if (used > 0) --used;
      while (used > 0 && result[used] != '/') --used;
    } else if (!(length == 2 && part[1] == '.') && length != 1) {
      memmove(result + used, part, length);
      used += length;
    }
    part += length;
  }
  result[used] = '\0';
  if (same_file(file, result)) return result;
  free(result);
  return nullptr;
}

}  // namespace baton::detector
