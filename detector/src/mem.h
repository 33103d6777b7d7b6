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

// Returns the memory behind whole pages of reserved address space: they are zero again.
void empty(void* p, size_t size);

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
//
// The region is cut into chunks of kChunk objects, a whole number of pages. A chunk of which every object is free gives
// its memory back to the system. Objects that are free, and in no thread's cache, are linked within their chunk; chunks
// with such objects are linked too, in both directions, since any of them may become empty.
template <class T, size_t kCapacity>
class Pool {
 public:
  constexpr Pool() = default;

  void init(const char* name) {
    name_ = name;
    base_ = static_cast<T*>(reserve(kCapacity * sizeof(T), name));
    chunks_ = static_cast<Chunk*>(reserve(kCapacity / kChunk * sizeof(Chunk), name));
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
  uint32_t used() const { return used_; }

 private:
  static constexpr uint32_t kCache = 64;
  static constexpr uint32_t kChunk = 4096;
  static_assert(kCapacity % kChunk == 0);
  struct Cache {
    uint32_t count;
    uint32_t index[kCache];
  };
  union Link {  // a free object holds the index of the next free one of its chunk
    uint32_t next;
  };
  static_assert(sizeof(T) >= sizeof(Link));
  struct Chunk {
    uint32_t free;   // the first free object; 0: none
    uint32_t count;  // of free objects
    uint32_t next;   // chunks in the same list, by number plus 1; 0: none
    uint32_t previous;
  };

  Chunk& chunk(uint32_t number) { return chunks_[number - 1]; }
  void link(uint32_t number) {
    chunk(number).next = partial_;
    chunk(number).previous = 0;
    if (partial_ != 0) chunk(partial_).previous = number;
    partial_ = number;
  }
  void unlink(uint32_t number) {
    const Chunk& c = chunk(number);
    if (c.next != 0) chunk(c.next).previous = c.previous;
    if (c.previous != 0) {
      chunk(c.previous).next = c.next;
    } else {
      partial_ = c.next;
    }
  }

  void refill(Cache& cache) {
    SpinLockHolder hold(lock_);
    while (cache.count < kCache / 2 && partial_ != 0) {
      Chunk& c = chunk(partial_);
      const uint32_t index = c.free;
      c.free = reinterpret_cast<Link*>(&base_[index])->next;
      if (--c.count == 0) unlink(partial_);
      cache.index[cache.count++] = index;
    }
    if (cache.count != 0) return;
    if (fresh_ == fresh_end_) open_chunk();
    // In descending order, so that indices are handed out in ascending order: neighbours in time are neighbours in
    // memory.
    const uint32_t end = fresh_ + kCache / 2;
    for (uint32_t i = end; i-- > fresh_;) {
      if (i != 0) cache.index[cache.count++] = i;
    }
    fresh_ = end;
    if (used_ < end) used_ = end;
  }

  // Makes the objects of an empty chunk, or of one that was never used, those to hand out next.
  void open_chunk() {
    uint32_t number = empty_;
    if (number != 0) {
      empty_ = chunk(number).next;
    } else {
      number = ++opened_;
      if (number > kCapacity / kChunk) die(name_);
    }
    chunk(number) = {};
    fresh_ = (number - 1) * kChunk;
    fresh_end_ = fresh_ + kChunk;
  }

  void spill(Cache& cache) {
    SpinLockHolder hold(lock_);
    while (cache.count > kCache / 2) {
      const uint32_t index = cache.index[--cache.count];
      const uint32_t number = index / kChunk + 1;
      Chunk& c = chunk(number);
      reinterpret_cast<Link*>(&base_[index])->next = c.free;
      c.free = index;
      if (++c.count == 1) link(number);
      // The first chunk, whose object 0 is never given out, stays.
      if (c.count == kChunk) empty_chunk(number);
    }
  }

  void empty_chunk(uint32_t number) {
    unlink(number);
    empty(&base_[size_t{number - 1} * kChunk], kChunk * sizeof(T));
    chunk(number) = {0, 0, empty_, 0};
    empty_ = number;
  }

  static inline thread_local Cache cache_ = {};

  T* base_ = nullptr;
  Chunk* chunks_ = nullptr;
  const char* name_ = "";
  SpinLock lock_;  // guards the rest and the chunks
  uint32_t partial_ = 0;
  uint32_t empty_ = 0;
  uint32_t opened_ = 0;
  uint32_t fresh_ = 0;  // of the opened chunk: the objects from here on were never handed out
  uint32_t fresh_end_ = 0;
  uint32_t used_ = 0;
};

}  // namespace baton::detector
