// SPDX-License-Identifier: Apache-2.0

#include "detector/src/writer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "detector/src/mem.h"

namespace baton::detector {
namespace {

constexpr size_t kRoom = 256 << 20;  // of address space; what is longer is cut

// The length of the UTF-8 sequence at `text`, or 0 if it is none.
size_t utf8_length(const unsigned char* text) {
  size_t length = text[0] < 0x80 ? 1 : text[0] < 0xc2 ? 0 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
  if (text[0] > 0xf4) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((text[i] & 0xc0) != 0x80) return 0;
  }
  // Overlong forms, surrogates, and what lies above U+10FFFF.
  if (length > 2) {
    if ((text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f)) return 0;
    if ((text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f)) return 0;
  }
  return length;
}

}  // namespace

Writer::Writer() : text_(static_cast<char*>(reserve(kRoom, "the text of a report"))) {}

Writer::~Writer() { give_back(text_, kRoom); }

void Writer::print(const char* format, ...) {
  va_list args;
  va_start(args, format);
  int n = vsnprintf(text_ + used_, kRoom - used_, format, args);
  va_end(args);
  if (n > 0) used_ += static_cast<size_t>(n) < kRoom - used_ ? static_cast<size_t>(n) : kRoom - used_ - 1;
}

void Writer::append(const char* text, size_t size) {
  if (size >= kRoom - used_) size = kRoom - used_ - 1;
  memcpy(text_ + used_, text, size);
  used_ += size;
}

void Writer::json(const char* text) {
  append("\"", 1);
  for (const unsigned char* c = reinterpret_cast<const unsigned char*>(text); *c != 0;) {
    if (*c == '"' || *c == '\\') {
      print("\\%c", *c++);
    } else if (*c < 0x20 || *c == 0x7f) {
      print("\\u%04x", *c++);
    } else if (size_t length = utf8_length(c); length != 0) {
      append(reinterpret_cast<const char*>(c), length);
      c += length;
    } else {
      append("\\ufffd", 6);
      ++c;
    }
  }
  append("\"", 1);
}

void Writer::write_to(int fd) const {
  for (size_t done = 0; done < used_;) {
    ssize_t n = write(fd, text_ + done, used_ - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    done += static_cast<size_t>(n);
  }
}

}  // namespace baton::detector
