// SPDX-License-Identifier: Apache-2.0
//
// Queues of runnable goroutines: the ring that each processor owns, and the plain list used for the global queue. The
// algorithm is Go's (proc.go, runqput to runqgrab).
//
// RunQueue, invariants:
//  1. Only the owner (the thread that holds the processor) calls put, get, steal (as the thief) and drain. Anybody may
//     call grab and empty.
//  2. tail_ is written by the owner alone; head_ only moves forward, by compare-and-swap. head_ <= tail_ <= head_ +
//  256.
//  3. Slots in [head_, tail_) hold goroutines; whoever moves head_ past a slot owns what was in it.
//  4. next_ holds the goroutine to run before the ring; the owner fills it, anybody empties it.
#pragma once

#include <stdint.h>

#include <atomic>

namespace baton::rt {

struct G;

// An intrusive first-in, first-out list through G::sched_link. Not thread-safe.
class GList {
 public:
  bool empty() const noexcept { return head_ == nullptr; }
  void push_back(G* g) noexcept;
  G* pop_front() noexcept;
  // Appends `other`, which becomes empty.
  void append(GList* other) noexcept;

 private:
  G* head_ = nullptr;
  G* tail_ = nullptr;
};

class RunQueue {
 public:
  static constexpr uint32_t kSize = 256;

  // Makes g the next to run; the goroutine that was next goes to the end of the ring. What does not fit goes to
  // *overflow, in order, half of the ring at a time; returns its number, which is 0 nearly always. A global queue with
  // room for all is the caller's.
  uint32_t put_next(G* g, GList* overflow) noexcept;

  // Appends g to the ring. The same result.
  uint32_t put(G* g, GList* overflow) noexcept;

  // The next goroutine, or null. *inherit: it was next_, and runs in the time slice of the one that readied it, so that
  // two goroutines readying each other cannot starve the ring.
  G* get(bool* inherit) noexcept;

  // next_ alone, or null. *inherit as above. By the owner.
  G* take_next(bool* inherit) noexcept;

  // Moves half of the victim's ring, or, if that is empty and take_next, its next_, to the own ring, which is empty,
  // and returns one of them to run; null if there was nothing. `victim_runs` says whether a thread runs the victim now.
  G* steal(RunQueue* victim, bool take_next, bool victim_runs) noexcept;

  // Takes everything out: next_ first. Returns how many.
  uint32_t drain(GList* out) noexcept;

  // Whether there was a moment during the call at which nothing was queued.
  bool empty() const noexcept;

 private:
  uint32_t grab(std::atomic<G*>* batch, uint32_t batch_head, bool take_next, bool victim_runs) noexcept;
  bool overflow_half(G* g, uint32_t head, uint32_t tail, GList* overflow) noexcept;

  // Moved by consumers: the owner's get, and thieves' grab. Releasing compare-and-swap: the slots have been read; pairs
  // with the owner's acquiring load in put, before it writes them again.
  alignas(64) std::atomic<uint32_t> head_{0};
  // Moved by the owner's put. Releasing store: the slots have been written; pairs with the acquiring load in grab.
  alignas(64) std::atomic<uint32_t> tail_{0};
  // Exchanged by the owner in put_next (sequentially consistent: the publication that wakep() relies on, spin.cpp), and
  // emptied by get and grab. Acquire and release carry the goroutine itself.
  std::atomic<G*> next_{nullptr};
  // Written by the owner; read, perhaps in vain, by thieves. Ordered by head_ and tail_.
  std::atomic<G*> slots_[kSize] = {};
};

}  // namespace baton::rt
