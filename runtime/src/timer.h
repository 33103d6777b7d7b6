// SPDX-License-Identifier: Apache-2.0
//
// Timers: a 4-ary heap per processor, run by the threads of the scheduler between goroutines, and, when all are idle,
// by the one that sleeps until the earliest (spin.cpp).
//
//  * Timers with the same time fire in the order in which they were started.
//  * `fire` runs on a scheduler's stack without locks; it must not block: it readies a goroutine, as a rule.
//  * Unlike Go, deletion is exact: a timer knows its place in the heap. A stopped timer costs nothing later.
//  * earliest() is read without the lock: no timers, no cost.
#pragma once

#include <stdint.h>

#include <atomic>

#include "runtime/src/lock.h"

namespace baton::rt {

class TimerHeap;
struct G;

// A timer; the owner fills the first three fields while it is stopped. Zero-initialised means stopped.
struct Timer {
  int64_t when = 0;  // nanotime() at which it fires
  void (*fire)(void* arg, int64_t now) = nullptr;
  void* arg = nullptr;

  // The heap it is in, or null. Written under that heap's lock; read by timer_stop, which locks and looks again.
  std::atomic<TimerHeap*> heap{nullptr};
  uint64_t order = 0;  // guarded by the heap's lock, as is index
  uint32_t index = 0;
};

class TimerHeap {
 public:
  // When the earliest timer fires; 0: there is none. The load pairs with the stores under the lock; sequentially
  // consistent, so that an idle thread and the starter of a timer cannot miss each other (spin.cpp).
  int64_t earliest() const noexcept { return earliest_.load(std::memory_order_seq_cst); }

  void insert(Timer* timer) noexcept;
  // Takes the timer out; false if it is not in this heap (any more).
  bool remove(Timer* timer) noexcept;
  // Fires every timer due at `now`. Says whether there was one.
  bool run(int64_t now) noexcept;
  // Moves all timers to `other`, which keeps its own.
  void move_to(TimerHeap* other) noexcept;
  // Calls visit for each timer, with the lock held: it must not start or stop one.
  void for_each(void (*visit)(const Timer* timer, void* arg), void* arg) noexcept;

 private:
  static bool before(const Timer* a, const Timer* b) noexcept {
    return a->when != b->when ? a->when < b->when : a->order < b->order;
  }
  void place(Timer* timer, uint32_t index) noexcept BATON_REQUIRES(lock_);
  void sift_up(uint32_t index) noexcept BATON_REQUIRES(lock_);
  void sift_down(uint32_t index) noexcept BATON_REQUIRES(lock_);
  void insert_locked(Timer* timer) noexcept BATON_REQUIRES(lock_);
  void take_out(uint32_t index) noexcept BATON_REQUIRES(lock_);
  void grow() noexcept BATON_REQUIRES(lock_);
  void publish() noexcept BATON_REQUIRES(lock_);

  std::atomic<int64_t> earliest_{0};
  RuntimeLock lock_;
  Timer** items_ BATON_GUARDED_BY(lock_) = nullptr;
  uint32_t size_ BATON_GUARDED_BY(lock_) = 0;
  uint32_t capacity_ BATON_GUARDED_BY(lock_) = 0;
};

// Starts a stopped timer on this thread's processor (or on the first one, from a thread that has none).
void timer_start(Timer* timer) noexcept;

// Stops a timer. True: it will not fire. False: it has fired, is firing, or was not started.
bool timer_stop(Timer* timer) noexcept;

// Readies a parked goroutine when nanotime() reaches `when`, by its own timer: unless that is stopped before.
void ready_at(G* g, int64_t when) noexcept;

// Parks the running goroutine until nanotime() reaches `when`. Follows Go's timeSleep.
void sleep_until(int64_t when) noexcept;

}  // namespace baton::rt
