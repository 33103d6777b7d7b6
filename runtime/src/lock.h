// SPDX-License-Identifier: Apache-2.0
//
// RuntimeLock: the mutex inside the runtime, for a few instructions at a time. It blocks the whole OS thread, so:
//  * never hold one across park() (park's unlock function releases it), ready() or anything that runs user code which
//    may block;
//  * one goroutine holds at most one, except select, which takes channel locks in address order.
// The word is 0 (free), 1 (held) or 2 (held, somebody may sleep on it): Drepper, "Futexes are tricky", third mutex.
// Constant-initialised, so that globals are usable by static constructors; trivially destructible.
#pragma once

#include <stdint.h>

#include <atomic>

#include "runtime/src/tsa.h"

namespace baton::rt {

class BATON_CAPABILITY("RuntimeLock") RuntimeLock {
 public:
  constexpr RuntimeLock() noexcept = default;
  RuntimeLock(const RuntimeLock&) = delete;
  RuntimeLock& operator=(const RuntimeLock&) = delete;

  void lock() noexcept BATON_ACQUIRES() {
    uint32_t expected = kFree;
    if (!word_.compare_exchange_strong(expected, kHeld, std::memory_order_acquire, std::memory_order_relaxed)) {
      lock_slow();
    }
  }

  bool try_lock() noexcept BATON_TRY_ACQUIRES(true) {
    uint32_t expected = kFree;
    return word_.compare_exchange_strong(expected, kHeld, std::memory_order_acquire, std::memory_order_relaxed);
  }

  void unlock() noexcept BATON_RELEASES() {
    if (word_.exchange(kFree, std::memory_order_release) == kContended) wake_one();
  }

 private:
  static constexpr uint32_t kFree = 0;
  static constexpr uint32_t kHeld = 1;
  static constexpr uint32_t kContended = 2;

  void lock_slow() noexcept BATON_NO_TSA;
  void wake_one() noexcept;

  // Written by every locker and unlocker; the acquiring exchange in lock pairs with the releasing one in unlock.
  std::atomic<uint32_t> word_{kFree};
};

// Holds a RuntimeLock for a scope.
class BATON_SCOPED_CAPABILITY RuntimeLockGuard {
 public:
  explicit RuntimeLockGuard(RuntimeLock& lock) noexcept BATON_ACQUIRES(lock) : lock_(lock) { lock_.lock(); }
  ~RuntimeLockGuard() BATON_RELEASES() { lock_.unlock(); }
  RuntimeLockGuard(const RuntimeLockGuard&) = delete;
  RuntimeLockGuard& operator=(const RuntimeLockGuard&) = delete;

 private:
  RuntimeLock& lock_;
};

}  // namespace baton::rt
