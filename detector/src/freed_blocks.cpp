// SPDX-License-Identifier: Apache-2.0

#include "detector/src/freed_blocks.h"

#include <atomic>

#include "detector/src/mem.h"

namespace baton::detector {
namespace {

constexpr int kPlaceBits = 16;

// One place. Written by whoever frees, read by whoever reports, at the same time: a reader that does not find the same
// block before and after it has read the rest has nothing.
struct Place {
  std::atomic<uintptr_t> block;  // 0: none, or being written
  std::atomic<uint64_t> size;
  std::atomic<uint64_t> contexts;  // of the allocation; of the free in the upper half
  std::atomic<uint64_t> allocated_by;
  std::atomic<uint64_t> freed_by;
};

constinit Place* places = nullptr;

Place& place_of(uintptr_t block) { return places[(block * 0x9e3779b97f4a7c15ull) >> (64 - kPlaceBits)]; }

}  // namespace

void init_freed_blocks() {
  places = static_cast<Place*>(reserve(sizeof(Place) << kPlaceBits, "facts of freed blocks"));
}

void note_freed(uintptr_t block, const FreedBlock& facts) {
  Place& place = place_of(block);
  place.block.store(0, std::memory_order_relaxed);
  std::atomic_thread_fence(std::memory_order_release);  // pairs with the fence of find_freed
  place.size.store(facts.size, std::memory_order_relaxed);
  place.contexts.store(facts.allocation | static_cast<uint64_t>(facts.release) << 32, std::memory_order_relaxed);
  place.allocated_by.store(facts.allocated_by, std::memory_order_relaxed);
  place.freed_by.store(facts.freed_by, std::memory_order_relaxed);
  place.block.store(block, std::memory_order_release);  // pairs with the first load of find_freed
}

bool find_freed(uintptr_t block, FreedBlock* facts) {
  if (places == nullptr) return false;
  const Place& place = place_of(block);
  if (place.block.load(std::memory_order_acquire) != block) return false;
  const uint64_t contexts = place.contexts.load(std::memory_order_relaxed);
  *facts = {.size = place.size.load(std::memory_order_relaxed),
            .allocation = static_cast<ContextId>(contexts),
            .release = static_cast<ContextId>(contexts >> 32),
            .allocated_by = place.allocated_by.load(std::memory_order_relaxed),
            .freed_by = place.freed_by.load(std::memory_order_relaxed)};
  std::atomic_thread_fence(std::memory_order_acquire);  // pairs with the fence of note_freed
  return place.block.load(std::memory_order_relaxed) == block;
}

}  // namespace baton::detector
