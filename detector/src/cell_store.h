// SPDX-License-Identifier: Apache-2.0
//
// The memory of cells: blocks for 2, 4, 8, ... 2048 cells, named by the number of their first unit, which is two cells.
//
// The region of all blocks is cut into chunks of 128 KB. All blocks of a chunk are of one size, so that a block's size
// is found from its number; a chunk of which every block is free gives its memory back to the system and may become one
// of another size. Free blocks that are in no thread's cache are linked within their chunk, chunks with such blocks are
// linked per size.
//
// A line's lock guards the content of its block. alloc() and release() are thread-safe; each OS thread keeps a few free
// blocks of each size.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "detector/src/cell.h"

namespace baton::detector {

class CellStore {
 public:
  static constexpr uint32_t kClasses = 11;
  static constexpr uint32_t kIndexBits = 26;  // of a block's number; 0 is "none"

  static constexpr uint32_t capacity_of_class(uint32_t size_class) { return 2u << size_class; }

  static void init();
  // A block for capacity_of_class(size_class) cells, of which the first has no bits; the rest is unspecified.
  static uint32_t alloc(uint32_t size_class);
  static void release(uint32_t block);

  static Cell* cells(uint32_t block) { return base_ + 2 * static_cast<size_t>(block); }
  static uint32_t class_of(uint32_t block) { return class_of_chunk_[block / kUnitsPerChunk]; }

 private:
  static constexpr uint32_t kUnitsPerChunk = 4096;
  static constexpr uint32_t kChunks = (1u << kIndexBits) / kUnitsPerChunk;

  static void refill(uint32_t size_class);
  static void spill(uint32_t size_class);
  static uint32_t open_chunk(uint32_t size_class);

  static Cell* base_;
  static uint8_t class_of_chunk_[kChunks];  // written before a block of the chunk is handed out
};

// The cells of a locked line, as a list in order of recording. Not thread-safe: guarded by the line's lock.
class CellList {
 public:
  explicit CellList(uint32_t block) : block_(block) {
    if (block == 0) return;
    cells_ = CellStore::cells(block);
    capacity_ = CellStore::capacity_of_class(CellStore::class_of(block));
  }

  Cell* begin() const { return cells_; }
  // One past the last place. The list ends there, or before the first cell without bits.
  Cell* limit() const { return cells_ + capacity_; }
  uint32_t block() const { return block_; }

  uint32_t count() const {
    uint32_t n = 0;
    while (n < capacity_ && cells_[n].bits != 0) ++n;
    return n;
  }
  // Makes the list end after `count` cells; none: the block goes back.
  void cut(uint32_t count) {
    if (count == 0) {
      if (block_ != 0) CellStore::release(block_);
      *this = CellList(0);
    } else if (count < capacity_) {
      cells_[count].bits = 0;
    }
  }
  // Moves to the next larger block.
  void enlarge(uint32_t count);
  // Adds a cell behind the `count` that are there. The list may move.
  Cell* append(const Cell& cell, uint32_t count) {
    if (count == capacity_) enlarge(count);
    cells_[count] = cell;
    if (count + 1 < capacity_) cells_[count + 1].bits = 0;
    return cells_ + count;
  }
  // Whether one more does not fit.
  bool is_full(uint32_t count) const { return count == capacity_; }
  bool is_crowded(uint32_t count) const { return 4 * count > 3 * capacity_; }
  // Moves to a smaller block if three quarters of this one are empty.
  void shrink(uint32_t count) {
    if (capacity_ >= 8 && 4 * count <= capacity_) move_to(CellStore::class_of(block_) - 1, count);
  }

 private:
  void move_to(uint32_t size_class, uint32_t count);

  uint32_t block_;
  uint32_t capacity_ = 0;
  Cell* cells_ = nullptr;
};

}  // namespace baton::detector
