// SPDX-License-Identifier: Apache-2.0
//
// Memory for what a report is made of: handed out in one direction, given back as a whole. Zeroed.
#pragma once

#include <stddef.h>
#include <string.h>

#include "detector/src/mem.h"

namespace baton::detector {

class Arena {
 public:
  constexpr Arena() = default;
  // Freed by release(), not by a destructor: arenas that live as long as the process are static.
  void release() {
    if (base_ != nullptr) give_back(base_, kRoom);
    base_ = nullptr;
    used_ = 0;
  }

  void* alloc(size_t size) {
    if (base_ == nullptr) base_ = static_cast<char*>(reserve(kRoom, "reports"));
    size = (size + 15) & ~size_t{15};
    if (size > kRoom - used_) die("reports: a stack of more than 8 GB");
    used_ += size;
    return base_ + used_ - size;
  }
  template <class T>
  T* array(size_t count) {
    return static_cast<T*>(alloc(count * sizeof(T)));  // NOLINT(bugprone-sizeof-expression): T may be a pointer
  }
  char* copy(const char* text, size_t length) {
    char* to = array<char>(length + 1);
    memcpy(to, text, length);
    return to;
  }

 private:
  static constexpr size_t kRoom = size_t{8} << 30;  // of address space
  char* base_ = nullptr;
  size_t used_ = 0;
};

// An array in an arena.
template <class T>
struct List {
  T* items = nullptr;
  size_t count = 0;
  T* begin() const { return items; }
  T* end() const { return items + count; }
  T& operator[](size_t i) const { return items[i]; }
  bool empty() const { return count == 0; }
};

}  // namespace baton::detector
