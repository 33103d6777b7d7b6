// SPDX-License-Identifier: Apache-2.0
//
// A hash table of pointers that only grows, for what reports keep: names, frames. Guarded by its user's lock.
#pragma once

#include <stdint.h>

#include "detector/src/mem.h"

namespace baton::detector {

// Open addressing from a 64-bit hash to a pointer; doubles when half full.
template <class T>
class PointerTable {
 public:
  // Finds the first item of this hash that `same` accepts, else null.
  template <class Same>
  T* find(uint64_t hash, Same same) const {
    for (uint64_t i = 0; i < capacity_; ++i) {
      Slot& slot = slots_[(hash + i) & (capacity_ - 1)];
      if (slot.item == nullptr) return nullptr;
      if (slot.hash == hash && same(slot.item)) return slot.item;
    }
    return nullptr;
  }
  void insert(uint64_t hash, T* item) {
    if (2 * (count_ + 1) > capacity_) grow();
    place(hash, item);
    ++count_;
  }

 private:
  struct Slot {
    uint64_t hash;
    T* item;
  };
  void place(uint64_t hash, T* item) {
    uint64_t i = hash & (capacity_ - 1);
    while (slots_[i].item != nullptr) i = (i + 1) & (capacity_ - 1);
    slots_[i] = {hash, item};
  }
  void grow() {
    Slot* old = slots_;
    uint64_t old_capacity = capacity_;
    capacity_ = old_capacity == 0 ? 1024 : 2 * old_capacity;
    slots_ = static_cast<Slot*>(reserve(capacity_ * sizeof(Slot), "frames of reports"));
    for (uint64_t i = 0; i < old_capacity; ++i) {
      if (old[i].item != nullptr) place(old[i].hash, old[i].item);
    }
    if (old != nullptr) give_back(old, old_capacity * sizeof(Slot));
  }

  Slot* slots_ = nullptr;
  uint64_t capacity_ = 0;
  uint64_t count_ = 0;
};

}  // namespace baton::detector
