// SPDX-License-Identifier: Apache-2.0
//
// Text to stderr from code that may use neither stdio nor memory of the program. Written when full and at the end of
// the object's life.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace baton::rt {

class Out {
 public:
  Out() noexcept = default;
  ~Out() { flush(); }
  Out(const Out&) = delete;
  Out& operator=(const Out&) = delete;

  Out& operator<<(const char* text) noexcept;
  Out& operator<<(uint64_t number) noexcept;
  Out& operator<<(int number) noexcept;
  Out& hex(uint64_t number) noexcept;
  void flush() noexcept;

 private:
  void put(char c) noexcept;

  size_t size_ = 0;
  char buffer_[1024];
};

}  // namespace baton::rt
