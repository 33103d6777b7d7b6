// SPDX-License-Identifier: Apache-2.0
//
// Mutex (<baton/sync.hpp>), after Go's mutex.go.
//
// Normal mode: waiters queue in order, but a woken one competes with those that arrive, who run already and usually
// win; that keeps the throughput high. A waiter that loses goes back to the head of the queue. One that has waited for
// more than a millisecond turns the mutex to starvation mode: unlock then hands it to the first waiter directly, and
// those who arrive queue up. The last waiter, or one who waited for less, turns it back.
//
// `state` is locked | woken | starving | waiters << 3. `woken` says that a goroutine is awake and tries to lock, so
// that unlock need not wake another one.
//
// Before it queues up, a goroutine spins for a moment if the owner may be about to unlock on another processor: then
// it marks itself as `woken`, so that unlock wakes nobody else. With the detector it backs off instead (back_off.h),
// and because all takes longer there, the millisecond becomes ten.
//
// The header does the first step of lock and unlock itself where no detector is linked: a call costs as much as the
// step.
//
// For the detector: lock acquires and unlock releases the object's clock, and nothing else orders.
#include <baton/sync.hpp>

#include "runtime/src/back_off.h"
#include "runtime/src/mutex.h"
#include "runtime/src/race.h"
#include "runtime/src/sched.h"
#include "runtime/src/sema.h"

namespace baton::internal {
namespace {

constexpr int32_t kLocked = 1;
constexpr int32_t kWoken = 2;
constexpr int32_t kStarving = 4;
constexpr int kWaiterShift = 3;
constexpr int32_t kOneWaiter = 1 << kWaiterShift;
constexpr int64_t kStarvationNanoseconds = rt::race::kEnabled ? 10'000'000 : 1'000'000;
constexpr auto kLock = rt::race::LockKind::kLock;

// Called by a waiter that was woken by a hand-over: the mutex has no owner, is marked as starving, and is ours.
void take_over(MutexState* m, int32_t state, bool stay_starving) noexcept {
  if ((state & (kLocked | kWoken)) != 0 || state >> kWaiterShift == 0) rt::throw_("sync: inconsistent mutex state");
  int32_t change = kLocked - kOneWaiter;
  // Two goroutines that hand over to each other for ever would be slow: leave the mode as soon as it is possible.
  if (!stay_starving || state >> kWaiterShift == 1) change -= kStarving;
  m->state.fetch_add(change);
}

// With the detector, before the queue: the lock is taken by one who finds it free after a pause. False: it was not.
bool take_after_pauses(MutexState* m, rt::WaitReason why) noexcept {
  constexpr int64_t kFirstPause = 1'000'000;
  constexpr int64_t kLastPause = 16'000'000;
  for (int64_t pause = kFirstPause; pause <= kLastPause; pause *= 2) {
    if (!rt::back_off(&m->state, kLocked, pause, why)) return false;
    int32_t old = m->state.load(std::memory_order_relaxed);
    if ((old & kStarving) != 0) return false;
    if ((old & kLocked) != 0) continue;
    // Acquire, pairs with the fetch_sub of unlock.
    if (m->state.compare_exchange_strong(old, old | kLocked, std::memory_order_acquire, std::memory_order_relaxed)) {
      return true;
    }
  }
  return false;
}

[[gnu::noinline]] void lock_slow(MutexState* m, rt::WaitReason why) noexcept {
  if (rt::race::kEnabled && take_after_pauses(m, why)) return;
  int64_t wait_start = 0;
  bool starving = false;
  bool awoken = false;
  int spins = 0;
  int32_t old = m->state.load();
  for (;;) {
    // In starvation mode the mutex is handed to the first waiter, so spinning is of no use.
    if (!rt::race::kEnabled && (old & (kLocked | kStarving)) == kLocked && rt::may_spin_for_lock(spins)) {
      if (!awoken && (old & kWoken) == 0 && old >> kWaiterShift != 0 &&
          m->state.compare_exchange_strong(old, old | kWoken)) {
        awoken = true;
      }
      rt::spin_for_lock();
      spins++;
      old = m->state.load();
      continue;
    }
    int32_t wanted = old;
    if ((old & kStarving) == 0) wanted |= kLocked;  // a starving mutex is handed over, not taken
    if ((old & (kLocked | kStarving)) != 0) wanted += kOneWaiter;
    if (starving && (old & kLocked) != 0) wanted |= kStarving;
    if (awoken) {
      if ((wanted & kWoken) == 0) rt::throw_("sync: inconsistent mutex state");
      wanted &= ~kWoken;
    }
    if (!m->state.compare_exchange_strong(old, wanted)) continue;
    if ((old & (kLocked | kStarving)) == 0) return;
    const bool waited_before = wait_start != 0;
    if (!waited_before) wait_start = rt::nanotime();
    rt::sema_acquire(&m->sema, waited_before, why);
    starving = starving || rt::nanotime() - wait_start > kStarvationNanoseconds;
    old = m->state.load();
    if ((old & kStarving) != 0) {
      take_over(m, old, starving);
      return;
    }
    awoken = true;
    spins = 0;
  }
}

[[gnu::noinline]] void unlock_slow(MutexState* m, int32_t now) noexcept {
  if (((now + kLocked) & kLocked) == 0) rt::fatal("sync: unlock of unlocked mutex");
  if ((now & kStarving) != 0) {
    // `locked` stays unset, but who arrives sees `starving` and does not take the mutex.
    rt::sema_release(&m->sema, true);
    return;
  }
  int32_t old = now;
  for (;;) {
    // Nobody waits, or somebody is awake, has locked, or is being handed the mutex.
    if (old >> kWaiterShift == 0 || (old & (kLocked | kWoken | kStarving)) != 0) return;
    if (m->state.compare_exchange_strong(old, (old - kOneWaiter) | kWoken)) {
      rt::sema_release(&m->sema, false);
      return;
    }
  }
}

}  // namespace

void mutex_lock_bare(MutexState* m, rt::WaitReason why) noexcept {
  int32_t unlocked = 0;
  // Acquire, pairs with the fetch_sub of unlock.
  if (!m->state.compare_exchange_strong(unlocked, kLocked, std::memory_order_acquire, std::memory_order_relaxed)) {
    lock_slow(m, why);
  }
}

bool mutex_try_lock_bare(MutexState* m) noexcept {
  int32_t old = m->state.load(std::memory_order_relaxed);
  // Waiters in starvation mode go first. A change in between counts as "taken": somebody else was quicker.
  if ((old & (kLocked | kStarving)) != 0) return false;
  return m->state.compare_exchange_strong(old, old | kLocked, std::memory_order_acquire, std::memory_order_relaxed);
}

void mutex_unlock_bare(MutexState* m) noexcept {
  const int32_t now = m->state.fetch_sub(kLocked) - kLocked;
  if (now != 0) unlock_slow(m, now);
}

const bool watched = rt::race::kEnabled;

void mutex_lock_rest(MutexState* m) noexcept { lock_slow(m, rt::WaitReason::kMutexLock); }

void mutex_unlock_rest(MutexState* m, int32_t now) noexcept { unlock_slow(m, now); }

void mutex_lock(MutexState* m) noexcept {
  mutex_lock_bare(m, rt::WaitReason::kMutexLock);
  rt::race::lock_taken(m, m, sizeof *m, kLock, __builtin_return_address(0));
}

bool mutex_try_lock(MutexState* m) noexcept {
  if (!mutex_try_lock_bare(m)) {
    rt::race::object_atomic(m, sizeof *m, true, __builtin_return_address(0));
    return false;
  }
  rt::race::lock_taken(m, m, sizeof *m, kLock, __builtin_return_address(0));
  return true;
}

void mutex_unlock(MutexState* m) noexcept {
  // Before the mutex is free: nobody else can use the clock until then.
  rt::race::lock_left(m, m, sizeof *m, kLock, __builtin_return_address(0));
  mutex_unlock_bare(m);
}

}  // namespace baton::internal
