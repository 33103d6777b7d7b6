// SPDX-License-Identifier: Apache-2.0
//
// The untyped channel: a ring buffer of elements and two queues of parked goroutines under one lock. Follows Go's
// chan.go. The typed face of it is <baton/chan.hpp>; select works on the parts declared here.
//
// Invariants, whenever the lock is free:
//  1. At most one of `senders` and `receivers` has waiters, except those of a select that waits for both.
//  2. Buffered: elements in the buffer => no receiver waits; room in the buffer => no sender waits.
//  3. A waiter in a queue belongs to a parked goroutine and lies on its stack. Whoever takes it out of the queue owns
//     that goroutine's operation: it sets `success`, moves the element, and calls ready() exactly once.
//  4. A closed channel has no waiters and is never opened again.
//
// Elements are handed over between the two goroutines' own temporaries: directly, after the lock is released (both
// frames stay where they are until ready()), or through the buffer, under the lock. Clock operations are made under the
// lock, so that two rendezvous never mix their clocks.
//
// Synchronisation objects for the detector: the channel's own address stands for the channel; clocks[i] for slot i; an
// unbuffered exchange needs none, the two goroutines learn from each other; for the channel of a timer, see
// timer_chan.h. The detector checks none of this memory as user memory: it is allocated, freed and written inside the
// ignore scope.
#pragma once

#include <atomic>
#include <baton/chan.hpp>

#include "runtime/src/lock.h"
#include "runtime/src/race.h"
#include "runtime/src/sched.h"

namespace baton::rt {

using internal::Channel;
using internal::ElementOps;
struct Waiter;
struct UserTimer;  // timer_chan.h

// The choice of one select among its waiters: the first to claim it wins.
struct SelectChoice {
  // Set once, by whoever takes a waiter of this select out of a queue; read by the select after it was woken.
  std::atomic<Waiter*> winner{nullptr};

  bool claim(Waiter* waiter) noexcept {
    Waiter* nobody = nullptr;
    return winner.compare_exchange_strong(nobody, waiter, std::memory_order_acq_rel, std::memory_order_acquire);
  }
};

// A goroutine that waits for one channel operation. Go's sudog.
struct Waiter {
  G* g = nullptr;
  void* element = nullptr;         // where the element is, or shall be, in the goroutine's frame
  SelectChoice* choice = nullptr;  // null: the goroutine waits for this operation alone
  Waiter* next = nullptr;
  Waiter* previous = nullptr;
  bool queued = false;
  bool success = false;  // woken by a partner; false: by close
};

// FIFO of waiters. Guarded by the channel's lock.
class WaitQueue {
 public:
  void push(Waiter* waiter) noexcept;
  void remove(Waiter* waiter) noexcept;  // nothing if it is not queued
  // The first waiter whose operation the caller may perform, taken out; null if there is none. Waiters of a select that
  // was decided elsewhere are dropped on the way.
  Waiter* take() noexcept;
  // A hint when read without the lock: for operations that do not block.
  bool empty() const noexcept { return first() == nullptr; }
  Waiter* first() const noexcept { return first_.load(std::memory_order_relaxed); }

 private:
  std::atomic<Waiter*> first_{nullptr};  // written under the lock, read by empty() without it
  Waiter* last_ = nullptr;
};

}  // namespace baton::rt

namespace baton::internal {

struct Channel {
  Channel(const ElementOps* element_ops, size_t buffer_capacity, size_t bytes) noexcept
      : ops(element_ops), capacity(buffer_capacity), allocated(bytes) {}

  rt::RuntimeLock lock;
  std::atomic<uint32_t> references{1};  // handles; the last fetch_sub pairs with all earlier ones (acq_rel)
  // Written under the lock, by close; its release store pairs with the acquire loads of the paths that take no lock.
  std::atomic<bool> closed{false};
  char timer_clocks[2] = {};  // only their addresses are used: timer_chan.h
  const ElementOps* const ops;
  const size_t capacity;
  const size_t allocated;  // bytes, this header included
  // Written under the lock; read without it by len() and by operations that do not block.
  std::atomic<size_t> count{0};
  size_t send_index BATON_GUARDED_BY(lock) = 0;
  size_t recv_index BATON_GUARDED_BY(lock) = 0;
  rt::WaitQueue senders BATON_GUARDED_BY(lock);
  rt::WaitQueue receivers BATON_GUARDED_BY(lock);
  char* buffer = nullptr;  // behind this header
  // For the detector; without it null and unused.
  rt::race::Clock* clocks = nullptr;  // one a slot
  rt::race::Reads sends BATON_GUARDED_BY(lock) = 0;

  // Channels of timers only. The clock of the element in the buffer stands for the start of the timer that sent it.
  rt::UserTimer* timer = nullptr;
  const void* element_clock BATON_GUARDED_BY(lock) = nullptr;

  char* slot(size_t index) const noexcept { return buffer + index * ops->size; }
  size_t after(size_t index) const noexcept { return index + 1 == capacity ? 0 : index + 1; }
};

}  // namespace baton::internal

namespace baton::rt {

// One operation, in the two halves that plain operations and select share.
//
// Under the lock: performs the operation if it is possible now. `*partner` is then the goroutine that has to be woken,
// or null. On kClosed nothing was done but the clock operation of a receive; on kMustWait nothing at all.
enum class Attempt { kDone, kClosed, kMustWait };
Attempt send_locked(Channel* c, void* element, Waiter** partner) noexcept BATON_REQUIRES(c->lock);
Attempt recv_locked(Channel* c, void* element, Waiter** partner) noexcept BATON_REQUIRES(c->lock);

// Before send_locked: the read of the channel that each send makes, so that it races with a close that is not ordered
// with it.
void race_read(Channel* c, const void* caller) noexcept BATON_REQUIRES(c->lock);

// After the lock is released: hands the element over, if it does not go through the buffer, and wakes the partner.
void finish_send(Channel* c, void* element, Waiter* partner) noexcept;
void finish_recv(Channel* c, void* element, Waiter* partner) noexcept;

}  // namespace baton::rt
