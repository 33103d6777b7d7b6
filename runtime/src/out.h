// SPDX-License-Identifier: Apache-2.0
//
// Text to stderr, or to a growing buffer, from code that may use neither stdio nor memory of the program. Written when
// full and at the end of the object's life.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace baton::rt {

// Text in memory from malloc; whoever made it frees it. What does not fit any more is left out.
struct Text {
  char* at = nullptr;
  size_t size = 0;
};

class Out {
 public:
  Out() noexcept = default;
  // To `sink` instead of stderr: appends to it when full and at the end.
  explicit Out(Text* sink) noexcept : sink_(sink) {}
  ~Out() { flush(); }
  Out(const Out&) = delete;
  Out& operator=(const Out&) = delete;

  Out& operator<<(const char* text) noexcept;
  Out& operator<<(uint64_t number) noexcept;
  Out& operator<<(int number) noexcept;
  Out& hex(uint64_t number) noexcept;
  void write(const Text& text) noexcept;
  void flush() noexcept;

 private:
  void put(char c) noexcept;

  Text* sink_ = nullptr;
  size_t size_ = 0;
  char buffer_[1024];
};

}  // namespace baton::rt
