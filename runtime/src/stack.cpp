// SPDX-License-Identifier: Apache-2.0
//
// Guards: a guard region (MADV_GUARD_INSTALL, Linux 6.13) needs no mapping of its own, so a million fit; mprotect
// splits the mapping, and vm.max_map_count ends that at about 32,000 stacks. Hence the first, and the second where the
// kernel does not know the first or refuses it (memory locked by mlockall). When both are refused the process ends: a
// stack without a guard is not handed out.
#include "runtime/src/stack.h"

#include <baton/go.hpp>

#include <stdlib.h>
#include <sys/mman.h>

#include "runtime/src/lock.h"
#include "runtime/src/out.h"
#include "runtime/src/sanitize.h"
#include "runtime/src/sched.h"

namespace baton::rt {
namespace {

constexpr size_t kDefaultSlot = size_t{256} << 10;
constexpr int kLeastClass = 14;  // 16 KB
constexpr int kMostClass = 30;   // 1 GB
constexpr size_t kChunkSize = size_t{64} << 20;
constexpr size_t kColours = 16;
constexpr size_t kColourStep = 64;
constexpr int kGuardInstall = 102;  // MADV_GUARD_INSTALL, newer than the C library's headers

// The link of a free slot lies in its top page, which has been touched already.
struct FreeSlot {
  FreeSlot* next;
};

// Slots of one size.
struct Class {
  FreeSlot* free = nullptr;
  char* next = nullptr;  // what is left of the newest chunk
  char* end = nullptr;
};

struct Pool {
  RuntimeLock lock;
  Class classes[kMostClass - kLeastClass + 1] BATON_GUARDED_BY(lock);
  bool guard_regions BATON_GUARDED_BY(lock) = true;  // until the kernel refuses one
};
constinit Pool pool;

// The exponent of the slot size; 0: BATON_STACK has not been read yet. Written by whoever asks first, always to the
// same value, and by set_max_stack; relaxed, only the number counts.
constinit std::atomic<int> slot_class{0};

int class_of(size_t bytes) noexcept {
  int exponent = kLeastClass;
  while (exponent < kMostClass && (size_t{1} << exponent) < bytes) exponent++;
  return exponent;
}

// BATON_STACK is a number of bytes, or of K or M.
int initial_class() noexcept {
  const char* text = getenv("BATON_STACK");
  if (text == nullptr || *text == '\0') return class_of(kDefaultSlot);
  char* end;
  unsigned long long n = *text >= '0' && *text <= '9' ? strtoull(text, &end, 10) : 0;
  int shift = 0;
  if (n != 0 && (*end == 'k' || *end == 'K')) shift = 10;
  if (n != 0 && (*end == 'm' || *end == 'M')) shift = 20;
  if (shift != 0) end++;
  if (n != 0 && *end == '\0' && n <= (1ull << kMostClass) >> shift) return class_of(n << shift);
  Out() << "baton: BATON_STACK=" << text
        << " is not accepted: it must be a number of bytes, or of K or M, up to 1024M; "
        << "using " << static_cast<uint64_t>(kDefaultSlot) << "\n";
  return class_of(kDefaultSlot);
}

int current_class() noexcept {
  int exponent = slot_class.load(std::memory_order_relaxed);
  if (exponent == 0) {
    int none = 0;
    const int initial = initial_class();
    exponent = slot_class.compare_exchange_strong(none, initial, std::memory_order_relaxed) ? initial : none;
  }
  return exponent;
}

FreeSlot* link_of(char* slot, size_t size) noexcept { return reinterpret_cast<FreeSlot*>(slot + size) - 1; }

Stack stack_of(char* slot, size_t size) noexcept {
  const size_t colour = (reinterpret_cast<uintptr_t>(slot) / size) % kColours;
  // The top line stays free for the link.
  return {slot + kGuardSize, slot + size - (colour + 1) * kColourStep, size};
}

char* slot_of(const Stack& stack) noexcept { return stack.lo - kGuardSize; }

char* map_chunk(size_t slot, size_t chunk) noexcept {
  // One slot more than needed, so that slots can be aligned to their size; the rest is given back.
  char* p = static_cast<char*>(mmap(nullptr, chunk + slot, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0));
  if (p == MAP_FAILED) fatal("runtime: cannot reserve address space for goroutine stacks");
  const size_t head = (slot - reinterpret_cast<uintptr_t>(p) % slot) % slot;
  if (head != 0) munmap(p, head);
  munmap(p + head + chunk, slot - head);
  madvise(p + head, chunk, MADV_NOHUGEPAGE);
  return p + head;
}

}  // namespace

size_t slot_size() noexcept { return size_t{1} << current_class(); }

Stack stack_alloc() noexcept {
  const int exponent = current_class();
  const size_t size = size_t{1} << exponent;
  RuntimeLockGuard guard(pool.lock);
  Class& slots = pool.classes[exponent - kLeastClass];
  if (FreeSlot* link = slots.free) {
    slots.free = link->next;
    return stack_of(reinterpret_cast<char*>(link + 1) - size, size);
  }
  if (slots.next == slots.end) {
    const size_t chunk = size > kChunkSize ? size : kChunkSize;
    slots.next = map_chunk(size, chunk);
    slots.end = slots.next + chunk;
  }
  char* slot = slots.next;
  slots.next += size;
  if (pool.guard_regions && madvise(slot, kGuardSize, kGuardInstall) != 0) pool.guard_regions = false;
  if (!pool.guard_regions && mprotect(slot, kGuardSize, PROT_NONE) != 0) {
    fatal("runtime: cannot protect a goroutine stack (vm.max_map_count is too low)");
  }
  sanitize::add_root(slot + kGuardSize, size - kGuardSize);
  return stack_of(slot, size);
}

void stack_trim(const Stack& stack) noexcept {
  char* slot = slot_of(stack);
  madvise(slot + kGuardSize, stack.slot - kGuardSize, MADV_DONTNEED);
}

void stack_free(Stack stack) noexcept {
  FreeSlot* link = link_of(slot_of(stack), stack.slot);
  RuntimeLockGuard guard(pool.lock);
  Class& slots = pool.classes[class_of(stack.slot) - kLeastClass];
  link->next = slots.free;
  slots.free = link;
}

}  // namespace baton::rt

namespace baton {

std::size_t set_max_stack(std::size_t n) noexcept {
  const int old = rt::current_class();
  if (n != 0) rt::slot_class.store(rt::class_of(n), std::memory_order_relaxed);
  return std::size_t{1} << old;
}

}  // namespace baton
