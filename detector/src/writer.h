// SPDX-License-Identifier: Apache-2.0
//
// Text in memory, written out as a whole: a report reaches its file with one write, so that reports never interleave
// and a process that is killed afterwards loses nothing.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace baton::detector {

class Writer {
 public:
  Writer();
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  [[gnu::format(printf, 2, 3)]] void print(const char* format, ...);
  void append(const char* text, size_t size);
  // A JSON string, quotes included. What is no UTF-8 becomes U+FFFD.
  void json(const char* text);
  void clear() { used_ = 0; }
  const char* text() const { return text_; }
  size_t size() const { return used_; }
  // Everything, in one write if the system takes it. Errors are left to the file's owner: there is nobody to tell.
  void write_to(int fd) const;

 private:
  char* text_;
  size_t used_ = 0;
};

}  // namespace baton::detector
