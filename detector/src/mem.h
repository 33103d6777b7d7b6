// SPDX-License-Identifier: Apache-2.0
//
// The detector's own memory and its one lock. Nothing here calls malloc: the detector interposes it, and runs inside
// it.
//
// Rules:
//  * Address space is reserved once, untouched pages cost nothing.
//  * Objects are named by 32-bit indices; index 0 is "none". A freed object's memory is reused by its own type only, so
//    a stale index reads a wrong object, never foreign memory.
#pragma once

#include <sched.h>
#include <stddef.h>
#include <stdint.h>

#include <atomic>

namespace baton::detector {

// Reserves `size` bytes of zeroed address space. Ends the process with one clear line if the system refuses.
void* reserve(size_t size, const char* what);

// Returns reserved address space, and the memory behind it, to the system.
void give_back(void* p, size_t size);

// Ends the process: the detector's own state is impossible, or a resource is exhausted. One line on stderr, status 2.
[[noreturn]] void die(const char* what);

// Blocks whose size is a power of two, at least 64 bytes. Recycled by size; content unspecified. Thread-safe.
void* alloc_block(size_t size);
void free_block(void* p, size_t size);

// Fills with zeroes a block whose size is a multiple of 8. Not memset, which uses vector registers (cold.h).
inline void zero_block(void* p, size_t size) {
  size /= 8;
  asm volatile("rep stosq" : "+D"(p), "+c"(size) : "a"(0) : "memory");
}

// A spin lock for sections of tens of nanoseconds. A holder is never switched out by the runtime (nothing in the
// detector parks), but may be by the operating system: then the waiter gives its time slice away.
class SpinLock {
 public:
  void lock() {
    for (int spins = 0; held_.exchange(true, std::memory_order_acquire);) {  // pairs with unlock()
      if (++spins < 64) {
        __builtin_ia32_pause();
      } else {
        sched_yield();
      }
    }
  }
  void unlock() { held_.store(false, std::memory_order_release); }  // pairs with lock()

 private:
  std::atomic<bool> held_{false};
};

class SpinLockHolder {
 public:
  explicit SpinLockHolder(SpinLock& lock) : lock_(lock) { lock_.lock(); }
  ~SpinLockHolder() { lock_.unlock(); }
  SpinLockHolder(const SpinLockHolder&) = delete;
  SpinLockHolder& operator=(const SpinLockHolder&) = delete;

 private:
  SpinLock& lock_;
};

// Fixed-size objects in one reserved region. alloc() and free() are lock-free in the common case: each OS thread keeps
// a few free indices and exchanges them in batches. T is trivial; alloc() returns memory of unspecified content.
template <class T, size_t kCapacity>
class Pool {
 public:
  constexpr Pool() = default;

  void init(const char* name) {
    name_ = name;
    base_ = static_cast<T*>(reserve(kCapacity * sizeof(T), name));
  }

  T& operator[](uint32_t index) { return base_[index]; }

  uint32_t alloc() {
    Cache& cache = cache_;
    if (cache.count == 0) refill(cache);
    return cache.index[--cache.count];
  }

  void free(uint32_t index) {
    Cache& cache = cache_;
    if (cache.count == kCache) spill(cache);
    cache.index[cache.count++] = index;
  }

  // Number of objects ever taken from the region: its high-water mark.
  uint32_t used() const { return bump_; }

 private:
  static constexpr uint32_t kCache = 64;
  struct Cache {
    uint32_t count;
    uint32_t index[kCache];
  };
  union Link {  // a free object holds the index of the next free one
    uint32_t next;
  };
  static_assert(sizeof(T) >= sizeof(Link));

  void refill(Cache& cache) {
    SpinLockHolder hold(lock_);
    while (cache.count < kCache / 2 && free_ != 0) {
      cache.index[cache.count++] = free_;
      free_ = reinterpret_cast<Link*>(&base_[free_])->next;
    }
    if (cache.count != 0) return;
    if (bump_ + kCache / 2 > kCapacity) die(name_);
    // In descending order, so that indices are handed out in ascending order: neighbours in time are neighbours in
    // memory.
    for (uint32_t i = kCache / 2; i-- > 0;) cache.index[cache.count++] = bump_ + i;
    bump_ += kCache / 2;
  }

  void spill(Cache& cache) {
    SpinLockHolder hold(lock_);
    while (cache.count > kCache / 2) {
      uint32_t index = cache.index[--cache.count];
      reinterpret_cast<Link*>(&base_[index])->next = free_;
      free_ = index;
    }
  }

  static inline thread_local Cache cache_ = {};

  T* base_ = nullptr;
  const char* name_ = "";
  SpinLock lock_;
  uint32_t free_ = 0;  // guarded by lock_
  uint32_t bump_ = 1;  // guarded by lock_
};

}  // namespace baton::detector
