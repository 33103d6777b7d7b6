// SPDX-License-Identifier: Apache-2.0
//
// Cond (<baton/cond.hpp>). A wait queues up before it unlocks the user's lock, so a signal that is ordered after the
// unlock finds it; if the signal comes before the wait has parked, the wait does not park. Go's notifyList numbers the
// waiters instead; here each has an object of its own from the start, so that a signal can hand its clock to exactly
// the wait that it wakes.
//
// The queue of a Cond is guarded by a lock of this file, chosen by the address of the Cond: a lock in each Cond would
// have to be part of the public header.
#include <baton/cond.hpp>

#include "runtime/src/lock.h"
#include "runtime/src/race.h"
#include "runtime/src/sched.h"

namespace baton::internal {
namespace {

constexpr size_t kLocks = 61;  // prime: objects lie at regular distances

struct alignas(64) PaddedLock {
  rt::RuntimeLock lock;
};
constinit PaddedLock locks[kLocks];

rt::RuntimeLock& lock_of(const CondState* cond) noexcept {
  return locks[(reinterpret_cast<uintptr_t>(cond) >> 4) % kLocks].lock;
}

bool unlock_after_park(rt::G*, void* lock) noexcept BATON_NO_TSA {
  static_cast<rt::RuntimeLock*>(lock)->unlock();
  return true;
}

void access(CondState* cond, const void* caller) noexcept { rt::race::object_atomic(cond, sizeof *cond, true, caller); }

// With the lock: gives the waiter the clock. Returns whether it has parked, and so has to be woken; if not, it is on
// its own as soon as the lock is free.
bool notify(CondWaiter* waiter) noexcept {
  rt::race::release(&waiter->notified);
  waiter->notified = true;
  return waiter->goroutine != nullptr;
}

}  // namespace

void cond_enter(CondState* cond, CondWaiter* waiter) noexcept {
  access(cond, __builtin_return_address(0));
  rt::RuntimeLockGuard guard(lock_of(cond));
  if (cond->last != nullptr) {
    cond->last->next = waiter;
  } else {
    cond->first = waiter;
  }
  cond->last = waiter;
}

void cond_wait(CondState* cond, CondWaiter* waiter) noexcept BATON_NO_TSA {
  rt::RuntimeLock& lock = lock_of(cond);
  lock.lock();
  if (waiter->notified) {
    lock.unlock();
  } else {
    waiter->goroutine = rt::current();
    rt::park(&unlock_after_park, &lock, rt::WaitReason::kCondWait);
  }
  rt::race::acquire(&waiter->notified);
  // The clock must not outlive the waiter, whose memory is a part of the stack.
  rt::race::mem_reset(waiter, sizeof *waiter);
}

void cond_signal(CondState* cond) noexcept {
  access(cond, __builtin_return_address(0));
  rt::G* woken = nullptr;
  {
    rt::RuntimeLockGuard guard(lock_of(cond));
    CondWaiter* waiter = cond->first;
    if (waiter == nullptr) return;
    cond->first = waiter->next;
    if (cond->first == nullptr) cond->last = nullptr;
    if (notify(waiter)) woken = static_cast<rt::G*>(waiter->goroutine);
  }
  if (woken != nullptr) rt::ready(woken);
}

void cond_broadcast(CondState* cond) noexcept {
  access(cond, __builtin_return_address(0));
  CondWaiter* parked = nullptr;
  {
    rt::RuntimeLockGuard guard(lock_of(cond));
    CondWaiter** end = &parked;
    for (CondWaiter* waiter = cond->first; waiter != nullptr;) {
      CondWaiter* next = waiter->next;
      if (notify(waiter)) {
        *end = waiter;
        end = &waiter->next;
      }
      waiter = next;
    }
    *end = nullptr;
    cond->first = cond->last = nullptr;
  }
  while (parked != nullptr) {
    auto* g = static_cast<rt::G*>(parked->goroutine);
    parked = parked->next;  // before ready: the waiter is gone then
    rt::ready(g);
  }
}

}  // namespace baton::internal
