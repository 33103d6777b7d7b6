// SPDX-License-Identifier: Apache-2.0
//
// A processor on lease. While a goroutine's own code runs, its thread may be stuck: in a system call, in a C library
// function that takes long, off its CPU. The monitor then takes the processor away without the thread's help, and the
// thread finds out when it next needs it. No signal is sent (it would interrupt system calls of the program), nothing
// is switched under the thread, and holding the processor costs a goroutine no atomic instruction.
//
// M::pin says whether the thread is in code that uses its P:
//   kFree     goroutine code runs; the P is whatever M::lease says, and may be revoked
//   kTaking   about to read M::lease
//   kHeld     has read it: M::p is the P, or null. Scheduler code is always in this state
//
//      pin (the thread)                        revoke (the monitor)
//        1. pin = kTaking                        1. lease: p -> null, by compare-and-swap
//        2. read lease                           2. barrier on all threads of the process (membarrier)
//        3. null: lost++                         3. read pin, until it is not kTaking; then lost and lease
//        4. pin = kHeld
//      unpin: lease = p; pin = kFree
//
// Between 1 and 2 both sides need a full fence; the monitor's barrier acts on the thread's CPU in its place. So a
// thread that read the old lease has been seen as kTaking or later, and the monitor can tell who won:
//   lost has changed             the thread has read null: revoked
//   kHeld                        it has read p, and uses it: not revoked; unpin gives the lease back
//   kFree, lease is null         it has not been in a pinned section since: revoked
//   kFree, lease is not null     it was, and unpin has given the lease back: not revoked
// Only the monitor revokes. Where the kernel has no membarrier both sides execute the fence.
#pragma once

#include "runtime/src/types.h"

namespace baton::rt {

// Once, before the second thread exists: finds out how fences are made.
void init_leases() noexcept;

// Takes P from m, which holds it and runs goroutine code. True: nobody holds P now but the caller. By the monitor only.
bool revoke(M* m, P* p) noexcept;

// The thread `m`, the calling one, enters code that uses its P, if it still has one: m->p.
inline void pin(M* m) noexcept {
  m->pin.store(Pin::kTaking, std::memory_order_relaxed);
  if (sched.lease_fences) {
    std::atomic_thread_fence(std::memory_order_seq_cst);
  } else {
    std::atomic_signal_fence(std::memory_order_seq_cst);
  }
  m->p = m->lease.load(std::memory_order_relaxed);
  if (m->p == nullptr) m->lost.store(m->lost.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  m->pin.store(Pin::kHeld, std::memory_order_release);  // pairs with revoke
}

inline void unpin(M* m) noexcept {
  m->lease.store(m->p, std::memory_order_relaxed);
  m->pin.store(Pin::kFree, std::memory_order_release);  // pairs with revoke
}

// A pinned section of code that goroutines call, and scheduler code too, which is pinned anyway. It must not switch.
class PinScope {
 public:
  // `m` may be null: a thread that is not the runtime's.
  explicit PinScope(M* m) noexcept : m_(m) {
    if (m_ == nullptr || m_->pin.load(std::memory_order_relaxed) != Pin::kFree) return;
    pin(m_);
    unpin_ = true;
  }
  ~PinScope() {
    if (unpin_) unpin(m_);
  }
  PinScope(const PinScope&) = delete;
  PinScope& operator=(const PinScope&) = delete;

  // The thread's processor; null if it has none.
  P* p() const noexcept { return m_ == nullptr ? nullptr : m_->p; }

 private:
  M* m_;
  bool unpin_ = false;
};

}  // namespace baton::rt
