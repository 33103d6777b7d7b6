// SPDX-License-Identifier: Apache-2.0
//
// Cond: waits for something to become true that a lock protects. It blocks the goroutine, never the thread.
#pragma once

#include <baton/config.hpp>

namespace baton {

namespace internal {

// A goroutine that waits, in the frame of wait(). Guarded by the runtime.
struct CondWaiter {
  void* goroutine = nullptr;  // null: it has not parked
  CondWaiter* next = nullptr;
  bool notified = false;
};

struct CondState {
  CondWaiter* first = nullptr;
  CondWaiter* last = nullptr;
};

void cond_enter(CondState* cond, CondWaiter* waiter) noexcept;
void cond_wait(CondState* cond, CondWaiter* waiter) noexcept;
void cond_signal(CondState* cond) noexcept;
void cond_broadcast(CondState* cond) noexcept;

template <class L>
void lock_it(void* lock) {
  static_cast<L*>(lock)->lock();
}
template <class L>
void unlock_it(void* lock) {
  static_cast<L*>(lock)->unlock();
}

}  // namespace internal

// A place where goroutines wait for a change, and are told of it. Each Cond belongs to a lock: a Mutex, an RWMutex, or
// anything with lock() and unlock(). A signal happens before the return of the wait that it wakes. Cannot be copied or
// moved. Go's sync.Cond.
class Cond {
 public:
  // The lock must live as long as the Cond.
  template <class L>
  BATON_INLINE explicit Cond(L& lock) noexcept
      : user_lock_(&lock), lock_(&internal::lock_it<L>), unlock_(&internal::unlock_it<L>) {}
  Cond(const Cond&) = delete;
  Cond& operator=(const Cond&) = delete;

  // Unlocks, waits for a signal or a broadcast that comes after, and locks again. The caller holds the lock. What it
  // waits for may have changed back meanwhile, so it looks again: `while (!condition) cond.wait();`
  BATON_INLINE void wait() {
    internal::CondWaiter waiter;
    internal::cond_enter(&state_, &waiter);
    unlock_(user_lock_);
    internal::cond_wait(&state_, &waiter);
    lock_(user_lock_);
  }

  // Wakes the goroutine that has waited longest, if any waits. Does not block; the lock need not be held.
  BATON_INLINE void signal() noexcept { internal::cond_signal(&state_); }

  // Wakes all goroutines that wait. Does not block; the lock need not be held.
  BATON_INLINE void broadcast() noexcept { internal::cond_broadcast(&state_); }

 private:
  internal::CondState state_;
  void* user_lock_;
  void (*lock_)(void*);
  void (*unlock_)(void*);
};

}  // namespace baton
