// SPDX-License-Identifier: Apache-2.0
//
// Guards: a guard region (MADV_GUARD_INSTALL, Linux 6.13) needs no mapping of its own, so a million fit; mprotect
// splits the mapping, and vm.max_map_count ends that at about 32,000 stacks. Hence the first, and the second where the
// kernel does not know the first or refuses it (memory locked by mlockall). When both are refused the process ends: a
// stack without a guard is not handed out.
#include "runtime/src/stack.h"

#include <sys/mman.h>

#include "runtime/src/lock.h"
#include "runtime/src/sanitize.h"
#include "runtime/src/sched.h"

namespace baton::rt {
namespace {

constexpr size_t kSlotsPerChunk = 256;
constexpr size_t kChunkSize = kSlotSize * kSlotsPerChunk;
constexpr size_t kColours = 16;
constexpr size_t kColourStep = 64;
constexpr int kGuardInstall = 102;  // MADV_GUARD_INSTALL, newer than the C library's headers

// The link of a free slot lies in its top page, which has been touched already.
struct FreeSlot {
  FreeSlot* next;
};

struct Pool {
  RuntimeLock lock;
  FreeSlot* free BATON_GUARDED_BY(lock) = nullptr;
  char* chunk BATON_GUARDED_BY(lock) = nullptr;
  size_t used BATON_GUARDED_BY(lock) = kSlotsPerChunk;  // slots of `chunk` handed out
  bool guard_regions BATON_GUARDED_BY(lock) = true;     // until the kernel refuses one
};
constinit Pool pool;

FreeSlot* link_of(char* slot) noexcept { return reinterpret_cast<FreeSlot*>(slot + kSlotSize) - 1; }

Stack stack_of(char* slot) noexcept {
  const size_t colour = (reinterpret_cast<uintptr_t>(slot) / kSlotSize) % kColours;
  // The top line stays free for the link.
  return {slot + kGuardSize, slot + kSlotSize - (colour + 1) * kColourStep};
}

char* slot_of(const Stack& stack) noexcept { return stack.lo - kGuardSize; }

char* map_chunk() noexcept {
  // One slot more than needed, so that slots can be aligned to their size; the rest is given back.
  char* p = static_cast<char*>(mmap(nullptr, kChunkSize + kSlotSize, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0));
  if (p == MAP_FAILED) fatal("runtime: cannot reserve address space for goroutine stacks");
  const size_t head = (kSlotSize - reinterpret_cast<uintptr_t>(p) % kSlotSize) % kSlotSize;
  if (head != 0) munmap(p, head);
  munmap(p + head + kChunkSize, kSlotSize - head);
  madvise(p + head, kChunkSize, MADV_NOHUGEPAGE);
  return p + head;
}

}  // namespace

Stack stack_alloc() noexcept {
  RuntimeLockGuard guard(pool.lock);
  if (FreeSlot* link = pool.free) {
    pool.free = link->next;
    return stack_of(reinterpret_cast<char*>(link + 1) - kSlotSize);
  }
  if (pool.used == kSlotsPerChunk) {
    pool.chunk = map_chunk();
    pool.used = 0;
  }
  char* slot = pool.chunk + kSlotSize * pool.used++;
  if (pool.guard_regions && madvise(slot, kGuardSize, kGuardInstall) != 0) pool.guard_regions = false;
  if (!pool.guard_regions && mprotect(slot, kGuardSize, PROT_NONE) != 0) {
    fatal("runtime: cannot protect a goroutine stack (vm.max_map_count is too low)");
  }
  sanitize::add_root(slot + kGuardSize, kSlotSize - kGuardSize);
  return stack_of(slot);
}

void stack_free(Stack stack) noexcept {
  FreeSlot* link = link_of(slot_of(stack));
  RuntimeLockGuard guard(pool.lock);
  link->next = pool.free;
  pool.free = link;
}

}  // namespace baton::rt
