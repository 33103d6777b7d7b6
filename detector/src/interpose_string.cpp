// SPDX-License-Identifier: Apache-2.0
//
// Strings of the C library: each function reads and writes exactly the bytes that the C standard says it looks at, up
// to and with the terminator or the first difference. (memcpy and its kin are seen by the pass where they are called.)
//
// Where the contents say how far a function goes, they are looked at before it changes them.

#include <stdarg.h>

#include "detector/src/interpose.h"
#include "detector/src/replace.h"

namespace baton::detector {

void use_interposed_strings() {}

namespace {

int folded(char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : static_cast<unsigned char>(c); }

// How many bytes of each a comparison looks at.
template <class Fold>
size_t compared(const char* a, const char* b, size_t limit, Fold fold) {
  for (size_t i = 0; i < limit; ++i) {
    if (a[i] == '\0' || fold(a[i]) != fold(b[i])) return i + 1;
  }
  return limit;
}

size_t compared(const char* a, const char* b, size_t limit = SIZE_MAX) {
  return compared(a, b, limit, [](char c) { return static_cast<int>(static_cast<unsigned char>(c)); });
}

size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

size_t distance(const void* from, const void* to) {
  return static_cast<size_t>(static_cast<const char*>(to) - static_cast<const char*>(from));
}

}  // namespace
}  // namespace baton::detector

using namespace baton::detector;

// ---- Lengths ------------------------------------------------------------------------------------------------------

BATON_REPLACE(size_t, strlen, const char* s) {
  const size_t length = BATON_REPLACED(strlen, s);
  BATON_READS(s, length + 1);
  return length;
}

BATON_REPLACE(size_t, strnlen, const char* s, size_t limit) {
  const size_t length = BATON_REPLACED(strnlen, s, limit);
  BATON_READS(s, smaller(length + 1, limit));
  return length;
}

namespace {
size_t length_of(const char* s) { return BATON_REPLACED(strlen, s); }
size_t length_of(const char* s, size_t limit) { return BATON_REPLACED(strnlen, s, limit); }
}  // namespace

// ---- Copies -------------------------------------------------------------------------------------------------------

#define BATON_COPY(name)                                   \
  BATON_REPLACE(char*, name, char* to, const char* from) { \
    if (is_watched()) {                                    \
      const size_t bytes = length_of(from) + 1;            \
      BATON_READS(from, bytes);                            \
      BATON_WRITES(to, bytes);                             \
    }                                                      \
    return BATON_REPLACED(name, to, from);                 \
  }
BATON_COPY(strcpy)
BATON_COPY(stpcpy)

#define BATON_COPY_BOUNDED(name)                                         \
  BATON_REPLACE(char*, name, char* to, const char* from, size_t limit) { \
    if (is_watched()) {                                                  \
      BATON_READS(from, smaller(length_of(from, limit) + 1, limit));     \
      BATON_WRITES(to, limit);                                           \
    }                                                                    \
    return BATON_REPLACED(name, to, from, limit);                        \
  }
BATON_COPY_BOUNDED(strncpy)
BATON_COPY_BOUNDED(stpncpy)

BATON_REPLACE(char*, strcat, char* to, const char* from) {
  if (is_watched()) {
    const size_t before = length_of(to);
    const size_t bytes = length_of(from) + 1;
    BATON_READS(from, bytes);
    BATON_READS(to, before + 1);
    BATON_WRITES(to + before, bytes);
  }
  return BATON_REPLACED(strcat, to, from);
}

BATON_REPLACE(char*, strncat, char* to, const char* from, size_t limit) {
  if (is_watched()) {
    const size_t before = length_of(to);
    const size_t length = length_of(from, limit);
    BATON_READS(from, smaller(length + 1, limit));
    BATON_READS(to, before + 1);
    BATON_WRITES(to + before, length + 1);
  }
  return BATON_REPLACED(strncat, to, from, limit);
}

BATON_REPLACE(char*, strdup, const char* s) {
  char* copy = BATON_REPLACED(strdup, s);
  if (is_watched()) {
    const size_t bytes = length_of(s) + 1;
    BATON_READS(s, bytes);
    if (copy != nullptr) BATON_WRITES(copy, bytes);
  }
  return copy;
}

BATON_REPLACE(char*, strndup, const char* s, size_t limit) {
  char* copy = BATON_REPLACED(strndup, s, limit);
  if (is_watched()) {
    const size_t length = length_of(s, limit);
    BATON_READS(s, smaller(length + 1, limit));
    if (copy != nullptr) BATON_WRITES(copy, length + 1);
  }
  return copy;
}

// ---- Comparisons --------------------------------------------------------------------------------------------------

BATON_REPLACE(int, strcmp, const char* a, const char* b) {
  if (is_watched()) {
    const size_t bytes = compared(a, b);
    BATON_READS(a, bytes);
    BATON_READS(b, bytes);
  }
  return BATON_REPLACED(strcmp, a, b);
}

BATON_REPLACE(int, strncmp, const char* a, const char* b, size_t limit) {
  if (is_watched()) {
    const size_t bytes = compared(a, b, limit);
    BATON_READS(a, bytes);
    BATON_READS(b, bytes);
  }
  return BATON_REPLACED(strncmp, a, b, limit);
}

BATON_REPLACE(int, strcasecmp, const char* a, const char* b) {
  if (is_watched()) {
    const size_t bytes = compared(a, b, SIZE_MAX, folded);
    BATON_READS(a, bytes);
    BATON_READS(b, bytes);
  }
  return BATON_REPLACED(strcasecmp, a, b);
}

BATON_REPLACE(int, strncasecmp, const char* a, const char* b, size_t limit) {
  if (is_watched()) {
    const size_t bytes = compared(a, b, limit, folded);
    BATON_READS(a, bytes);
    BATON_READS(b, bytes);
  }
  return BATON_REPLACED(strncasecmp, a, b, limit);
}

// ---- Searches -----------------------------------------------------------------------------------------------------

BATON_REPLACE(char*, strchr, const char* s, int c) {
  char* found = BATON_REPLACED(strchr, s, c);
  if (is_watched()) BATON_READS(s, (found != nullptr ? distance(s, found) : length_of(s)) + 1);
  return found;
}

BATON_REPLACE(char*, strchrnul, const char* s, int c) {
  char* found = BATON_REPLACED(strchrnul, s, c);
  BATON_READS(s, distance(s, found) + 1);
  return found;
}

BATON_REPLACE(char*, strrchr, const char* s, int c) {
  char* found = BATON_REPLACED(strrchr, s, c);
  if (is_watched()) BATON_READS(s, length_of(s) + 1);
  return found;
}

BATON_REPLACE(char*, strstr, const char* s, const char* part) {
  char* found = BATON_REPLACED(strstr, s, part);
  if (is_watched()) {
    const size_t length = length_of(part);
    BATON_READS(part, length + 1);
    BATON_READS(s, found != nullptr ? distance(s, found) + length : length_of(s) + 1);
  }
  return found;
}

#define BATON_SPAN(name)                                        \
  BATON_REPLACE(size_t, name, const char* s, const char* set) { \
    const size_t span = BATON_REPLACED(name, s, set);           \
    if (is_watched()) {                                         \
      BATON_READS(set, length_of(set) + 1);                     \
      BATON_READS(s, span + 1);                                 \
    }                                                           \
    return span;                                                \
  }
BATON_SPAN(strspn)
BATON_SPAN(strcspn)

BATON_REPLACE(char*, strpbrk, const char* s, const char* set) {
  char* found = BATON_REPLACED(strpbrk, s, set);
  if (is_watched()) {
    BATON_READS(set, length_of(set) + 1);
    BATON_READS(s, (found != nullptr ? distance(s, found) : length_of(s)) + 1);
  }
  return found;
}

BATON_REPLACE(void*, memchr, const void* p, int c, size_t n) {
  void* found = BATON_REPLACED(memchr, p, c, n);
  BATON_READS(p, found != nullptr ? distance(p, found) + 1 : n);
  return found;
}

BATON_REPLACE(void*, memrchr, const void* p, int c, size_t n) {
  void* found = BATON_REPLACED(memrchr, p, c, n);
  const size_t unread = found != nullptr ? distance(p, found) : 0;
  BATON_READS(static_cast<const char*>(p) + unread, n - unread);
  return found;
}

// ---- Formatted output into memory ---------------------------------------------------------------------------------

BATON_REPLACE(int, vsnprintf, char* to, size_t size, const char* format, va_list arguments) {
  const int length = BATON_REPLACED(vsnprintf, to, size, format, arguments);
  if (length >= 0) BATON_WRITES(to, smaller(static_cast<size_t>(length) + 1, size));
  return length;
}

BATON_REPLACE(int, vsprintf, char* to, const char* format, va_list arguments) {
  const int length = BATON_REPLACED(vsprintf, to, format, arguments);
  if (length >= 0) BATON_WRITES(to, static_cast<size_t>(length) + 1);
  return length;
}

BATON_REPLACE(int, snprintf, char* to, size_t size, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int length = BATON_REPLACED(vsnprintf, to, size, format, arguments);
  va_end(arguments);
  if (length >= 0) BATON_WRITES(to, smaller(static_cast<size_t>(length) + 1, size));
  return length;
}

BATON_REPLACE(int, sprintf, char* to, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int length = BATON_REPLACED(vsprintf, to, format, arguments);
  va_end(arguments);
  if (length >= 0) BATON_WRITES(to, static_cast<size_t>(length) + 1);
  return length;
}
