// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdint.h>

#include "detector/src/cell.h"

namespace baton::detector {

// Bytes that one cell cannot hold beside others (Cell::set_mask), until the list has been gone through.
class Pieces {
 public:
  // Whether set() will give every byte a place.
  bool has_room() const { return count_ + 4 <= kRoom; }
  // Gives `cell` the bytes of `mask`, which is not 0. Without room it may keep others.
  void set(Cell& cell, uint64_t mask) {
    const Cell before = cell;
    for (uint64_t rest = cell.set_mask(mask); rest != 0;) {
      if (count_ == kRoom) {
        cell = before;
        return;
      }
      Cell& piece = pieces_[count_++];
      piece = before;
      piece.orderly = 0;  // it will stand at the end
      piece.writes_known = 0;
      rest = piece.set_mask(rest);
    }
  }
  Cell* begin() { return pieces_; }
  Cell* end() { return pieces_ + count_; }

 private:
  static constexpr uint32_t kRoom = 32;
  uint32_t count_ = 0;
  Cell pieces_[kRoom];
};

}  // namespace baton::detector
