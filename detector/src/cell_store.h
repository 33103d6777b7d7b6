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
  // A block for capacity_of_class(size_class) cells, whose content is unspecified. Its number is a multiple of its size
  // in units.
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

// The last cell of the list that a locked line keeps as `number`, which is not 0 (CellList).
inline Cell* last_cell(uint32_t number) {
  Cell* const unit = CellStore::cells(number);
  return unit[1].bits != 0 ? &unit[1] : &unit[0];
}

// The cells of a locked line, as a list in order of recording. Not thread-safe: guarded by the line's lock.
//
// A line keeps of it one number, which names the block and tells how many units are in use: a block begins at a
// multiple of its own size, so the low bits of its number are free for that. Whether the last unit holds one cell or
// two is seen in it: a cell without bits is none.
class CellList {
 public:
  // `number`: what close() returned; 0: there are no cells.
  explicit CellList(uint32_t number) {
    if (number == 0) return;
    const uint32_t size_class = CellStore::class_of(number);
    const uint32_t units = number & ((1u << size_class) - 1);
    block_ = number - units;
    cells_ = CellStore::cells(block_);
    capacity_ = CellStore::capacity_of_class(size_class);
    count_ = 2 * units + (cells_[2 * units + 1].bits != 0 ? 2 : 1);
  }
  // Ends the changes: the number for the line. Without cells the block goes back.
  [[nodiscard]] uint32_t close() {
    if (count_ == 0) {
      if (block_ != 0) CellStore::release(block_);
      block_ = 0;
      return 0;
    }
    return block_ + (count_ - 1) / 2;
  }

  Cell* begin() const { return cells_; }
  Cell* end() const { return cells_ + count_; }
  uint32_t count() const { return count_; }
  uint32_t capacity() const { return capacity_; }

  // Makes the list end after `count` cells.
  void cut(uint32_t count) {
    count_ = count;
    if (count % 2 != 0) cells_[count].bits = 0;
  }
  void cut(const Cell* end) { cut(static_cast<uint32_t>(end - cells_)); }
  // The number for the line of a list that ends before `end`, which is not the beginning.
  [[nodiscard]] uint32_t cut_at(Cell* end) const {
    const uint32_t count = static_cast<uint32_t>(end - cells_);
    if (count % 2 != 0) end->bits = 0;
    return block_ + (count - 1) / 2;
  }
  // Moves to the next larger block.
  void enlarge();
  // Adds a cell at the end. The list may move.
  void append(const Cell& cell) {
    if (count_ == capacity_) enlarge();
    cells_[count_] = cell;
    cut(count_ + 1);
  }
  // Whether one more does not fit.
  bool is_full() const { return count_ == capacity_; }
  bool is_crowded() const { return 4 * count_ > 3 * capacity_; }
  // Moves to a smaller block if three quarters of this one are empty.
  void shrink() {
    if (capacity_ >= 8 && 4 * count_ <= capacity_ && count_ != 0) move_to(CellStore::class_of(block_) - 1);
  }

 private:
  void move_to(uint32_t size_class);

  uint32_t block_ = 0;
  uint32_t capacity_ = 0;
  uint32_t count_ = 0;
  Cell* cells_ = nullptr;
};

// Appends cells like `cell` for the bytes of `mask`.
inline void append_bytes(CellList& cells, Cell cell, uint64_t mask) {
  while (mask != 0) {
    mask = cell.set_mask(mask);
    cells.append(cell);
  }
}

}  // namespace baton::detector
