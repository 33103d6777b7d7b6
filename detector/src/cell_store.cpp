// SPDX-License-Identifier: Apache-2.0

#include "detector/src/cell_store.h"

#include "detector/src/mem.h"

namespace baton::detector {

constinit Cell* CellStore::base_ = nullptr;
constinit uint8_t CellStore::class_of_chunk_[kChunks] = {};

namespace {

constexpr uint32_t kUnits = 4096;  // of a chunk
constexpr uint32_t kFirstClass = 0;

struct Chunk {
  uint32_t free;   // the first free block; 0: none
  uint32_t count;  // of free blocks, those in threads' caches left out
  uint32_t next;   // chunks of the same list, by number plus 1; 0: none
  uint32_t previous;
};

constinit SpinLock lock;  // guards everything here but the caches
constinit Chunk* chunks = nullptr;
constinit uint32_t partial[CellStore::kClasses] = {};  // chunks with free blocks, by size
constinit uint32_t empty_chunks = 0;                   // chunks whose memory went back
constinit uint32_t opened = 0;
// Of the chunk of each size that was opened last: the blocks from `fresh` on were never handed out.
constinit uint32_t fresh[CellStore::kClasses] = {};
constinit uint32_t fresh_end[CellStore::kClasses] = {};

constexpr uint32_t kCache = 64;
struct Cache {
  uint32_t count;
  uint32_t block[kCache];
};
thread_local Cache caches[CellStore::kClasses] = {};

// Blocks that a thread keeps, and that it gets or gives at once.
constexpr uint32_t most_kept(uint32_t size_class) { return size_class >= 5 ? 4 : kCache; }
constexpr uint32_t batch(uint32_t size_class) { return size_class >= 5 ? 1 : (kCache / 2) >> size_class; }

constexpr uint32_t units_of_class(uint32_t size_class) { return 1u << size_class; }

Chunk& chunk(uint32_t number) { return chunks[number - 1]; }

void link(uint32_t number, uint32_t& list) {
  chunk(number).next = list;
  chunk(number).previous = 0;
  if (list != 0) chunk(list).previous = number;
  list = number;
}

void unlink(uint32_t number, uint32_t& list) {
  const Chunk& c = chunk(number);
  if (c.next != 0) chunk(c.next).previous = c.previous;
  (c.previous != 0 ? chunk(c.previous).next : list) = c.next;
}

// A free block holds the number of the next one of its chunk where a cell has its context.
uint32_t& link_of(uint32_t block) { return CellStore::cells(block)->context; }

}  // namespace

void CellStore::init() {
  static_assert(kUnitsPerChunk == kUnits);
  base_ = static_cast<Cell*>(reserve((size_t{2} << kIndexBits) * sizeof(Cell), "the cells of the shadow"));
  chunks = static_cast<Chunk*>(reserve(kChunks * sizeof(Chunk), "the cells of the shadow"));
}

uint32_t CellStore::open_chunk(uint32_t size_class) {
  uint32_t number = empty_chunks;
  if (number != 0) {
    unlink(number, empty_chunks);
  } else {
    number = ++opened;
    if (number > kChunks) die("the cells of the shadow");
  }
  chunk(number) = {};
  class_of_chunk_[number - 1] = static_cast<uint8_t>(size_class);
  return number;
}

void CellStore::refill(uint32_t size_class) {
  Cache& cache = caches[size_class];
  const uint32_t wanted = batch(size_class);
  SpinLockHolder hold(lock);
  uint32_t& list = partial[size_class];
  while (cache.count < wanted && list != 0) {
    Chunk& c = chunk(list);
    const uint32_t block = c.free;
    c.free = link_of(block);
    if (--c.count == 0) unlink(list, list);
    cache.block[cache.count++] = block;
  }
  if (cache.count != 0) return;
  const uint32_t units = units_of_class(size_class);
  if (fresh[size_class] == fresh_end[size_class]) {
    const uint32_t number = open_chunk(size_class);
    fresh[size_class] = (number - 1) * kUnits;
    fresh_end[size_class] = fresh[size_class] + kUnits;
  }
  // In descending order, so that they are handed out in ascending order: neighbours in time are neighbours in memory.
  const uint32_t end = fresh[size_class] + wanted * units;
  for (uint32_t block = end; block > fresh[size_class];) {
    block -= units;
    if (block != 0) cache.block[cache.count++] = block;
  }
  fresh[size_class] = end;
}

void CellStore::spill(uint32_t size_class) {
  Cache& cache = caches[size_class];
  const uint32_t kept = most_kept(size_class) - batch(size_class);
  SpinLockHolder hold(lock);
  while (cache.count > kept) {
    const uint32_t block = cache.block[--cache.count];
    const uint32_t number = block / kUnits + 1;
    Chunk& c = chunk(number);
    link_of(block) = c.free;
    c.free = block;
    if (++c.count == 1) link(number, partial[size_class]);
    // The first chunk, whose block 0 is never given out, stays.
    if (c.count < kUnits / units_of_class(size_class)) continue;
    unlink(number, partial[size_class]);
    empty(cells((number - 1) * kUnits), kUnits * 2 * sizeof(Cell));
    link(number, empty_chunks);
  }
}

uint32_t CellStore::alloc(uint32_t size_class) {
  Cache& cache = caches[size_class];
  if (cache.count == 0) {
    refill(size_class);
    if (cache.count == 0) refill(size_class);  // the only block was number 0
  }
  return cache.block[--cache.count];
}

void CellStore::release(uint32_t block) {
  const uint32_t size_class = class_of(block);
  Cache& cache = caches[size_class];
  if (cache.count == most_kept(size_class)) spill(size_class);
  cache.block[cache.count++] = block;
}

void CellList::enlarge() { move_to(block_ == 0 ? kFirstClass : CellStore::class_of(block_) + 1); }

void CellList::move_to(uint32_t size_class) {
  if (size_class == CellStore::kClasses) die("the cells of one line");
  const uint32_t block = CellStore::alloc(size_class);
  Cell* const to = CellStore::cells(block);
  for (uint32_t i = 0; i < count_; ++i) to[i] = cells_[i];
  if (block_ != 0) CellStore::release(block_);
  block_ = block;
  cells_ = to;
  capacity_ = CellStore::capacity_of_class(size_class);
  cut(count_);
}

}  // namespace baton::detector
