// SPDX-License-Identifier: Apache-2.0
//
// WaitGroup, Mutex, RWMutex and Once, as in Go's package sync. All are ready for use as they are declared, also as
// globals before any constructor has run; none can be copied or moved. They block the goroutine, never the thread.
//
// For the race detector each operation is also an atomic access to the object itself, so destroying or overwriting one
// that another goroutine still uses is reported.
#pragma once

#include <atomic>
#include <baton/config.hpp>
#include <baton/defer.hpp>
#include <baton/go.hpp>
#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace baton {

class WaitGroup;

namespace internal {

// State of a WaitGroup: counter in the upper half, number of waiters in the lower.
struct WaitGroupState {
  std::atomic<std::uint64_t> state{0};
  std::atomic<std::uint32_t> sema{0};
};

// State of a Mutex: the bits locked, woken and starving, then the number of waiters.
struct MutexState {
  std::atomic<std::int32_t> state{0};
  std::atomic<std::uint32_t> sema{0};
};

// State of an RWMutex: rw_mutex.cpp.
struct RWMutexState {
  MutexState writer;
  std::atomic<std::uint32_t> writer_sema{0};
  std::atomic<std::uint32_t> reader_sema{0};
  std::atomic<std::int32_t> readers{0};
  std::atomic<std::int32_t> leaving{0};
};

// State of a Once: once.cpp.
struct OnceState {
  std::atomic<std::uint32_t> done{0};
  MutexState mutex;
};

void wait_group_add(WaitGroupState* wg, int delta);
void wait_group_wait(WaitGroupState* wg);
// Whether the runtime that is linked tells a detector of every operation. Then the long way is taken also by code that
// was compiled without -race, so that its locks order as all others do.
extern const bool watched;

void mutex_lock(MutexState* m) noexcept;
bool mutex_try_lock(MutexState* m) noexcept;
void mutex_unlock(MutexState* m) noexcept;
// What is left to do when the mutex was not free, and when others are concerned by `now`, its state after an unlock.
void mutex_lock_rest(MutexState* m) noexcept;
void mutex_unlock_rest(MutexState* m, std::int32_t now) noexcept;
void rw_mutex_rlock(RWMutexState* rw) noexcept;
bool rw_mutex_try_rlock(RWMutexState* rw) noexcept;
void rw_mutex_runlock(RWMutexState* rw) noexcept;
void rw_mutex_lock(RWMutexState* rw) noexcept;
bool rw_mutex_try_lock(RWMutexState* rw) noexcept;
void rw_mutex_unlock(RWMutexState* rw) noexcept;
// True for the first caller, which then must call once_end. Others return when that has happened.
bool once_begin(OnceState* once) noexcept;
void once_end(OnceState* once) noexcept;

// What WaitGroup::go runs. A type with a name: stacks leave out what stands in this namespace.
template <class F>
struct CountedCall {
  WaitGroup* wg;
  F f;
  BATON_INLINE void operator()();
};

}  // namespace internal

// Waits for a number of goroutines to finish. The goroutine that starts them calls add, each of them done, and whoever
// waits for all wait. What happened before a done happens before the return of the waits it lets go on. Go's
// sync.WaitGroup.
class WaitGroup {
 public:
  constexpr WaitGroup() noexcept = default;
  WaitGroup(const WaitGroup&) = delete;
  WaitGroup& operator=(const WaitGroup&) = delete;

  // Adds delta, which may be negative, to the counter; at zero all waits return. An add that starts from zero must
  // happen before the wait. Does not block. Panics "sync: negative WaitGroup counter" and "sync: WaitGroup misuse: Add
  // called concurrently with Wait".
  BATON_INLINE void add(int delta) { internal::wait_group_add(&state_, delta); }

  // One goroutine has finished: add(-1).
  BATON_INLINE void done() { internal::wait_group_add(&state_, -1); }

  // Blocks until the counter is zero. Panics "sync: WaitGroup is reused before previous Wait has returned".
  BATON_INLINE void wait() { internal::wait_group_wait(&state_); }

  // Runs f() in a new goroutine that this group waits for. Does not block. f must not panic.
  template <class F>
  BATON_INLINE void go(F&& f) {
    add(1);
    ::baton::go(internal::CountedCall<std::decay_t<F>>{this, std::forward<F>(f)});
  }

 private:
  internal::WaitGroupState state_;
};

template <class F>
BATON_INLINE void internal::CountedCall<F>::operator()() {
  f();
  wg->done();
}

// Mutual exclusion. Not recursive; any goroutine may unlock. An unlock happens before the return of the next lock. A
// goroutine that waits longer than a millisecond is served first, in order, so nobody starves. Works with
// std::scoped_lock and std::unique_lock. Go's sync.Mutex.
class Mutex {
 public:
  constexpr Mutex() noexcept = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  // Blocks until the mutex is free and locks it.
  BATON_INLINE void lock() noexcept {
#if !defined(__BATON_RACE__)
    if (!internal::watched) {
      std::int32_t unlocked = 0;
      // Acquire, pairs with unlock.
      if (!state_.state.compare_exchange_strong(unlocked, 1, std::memory_order_acquire, std::memory_order_relaxed)) {
        internal::mutex_lock_rest(&state_);
      }
      return;
    }
#endif
    internal::mutex_lock(&state_);
  }

  // Locks the mutex if that is possible at once and returns whether it was. Does not block.
  BATON_INLINE bool try_lock() noexcept { return internal::mutex_try_lock(&state_); }

  // Frees the mutex. Ends the process with "fatal error: sync: unlock of unlocked mutex" if it is not locked.
  BATON_INLINE void unlock() noexcept {
#if !defined(__BATON_RACE__)
    if (!internal::watched) {
      const std::int32_t now = state_.state.fetch_sub(1) - 1;
      if (now != 0) internal::mutex_unlock_rest(&state_, now);
      return;
    }
#endif
    internal::mutex_unlock(&state_);
  }

 private:
  internal::MutexState state_;
};

// Any number of readers, or one writer. A writer that waits keeps new readers out, so it gets its turn; therefore a
// goroutine that reads must not lock for reading again. Any goroutine may unlock. An unlock happens before the locks
// that follow it, but readers do not order each other. Works with std::shared_lock, std::unique_lock and
// std::scoped_lock. Go's sync.RWMutex.
class RWMutex {
 public:
  constexpr RWMutex() noexcept = default;
  RWMutex(const RWMutex&) = delete;
  RWMutex& operator=(const RWMutex&) = delete;

  // Blocks until nobody writes, and until writers that came before had their turn; locks for reading.
  BATON_INLINE void rlock() noexcept { internal::rw_mutex_rlock(&state_); }
  // Locks for reading if that is possible at once and returns whether it was. Does not block.
  BATON_INLINE bool try_rlock() noexcept { return internal::rw_mutex_try_rlock(&state_); }
  // Ends the process with "fatal error: sync: RUnlock of unlocked RWMutex" if nobody reads.
  BATON_INLINE void runlock() noexcept { internal::rw_mutex_runlock(&state_); }

  // Blocks until nobody else reads or writes; locks for writing.
  BATON_INLINE void lock() noexcept { internal::rw_mutex_lock(&state_); }
  // Locks for writing if that is possible at once and returns whether it was. Does not block.
  BATON_INLINE bool try_lock() noexcept { return internal::rw_mutex_try_lock(&state_); }
  // Ends the process with "fatal error: sync: Unlock of unlocked RWMutex" if it is not locked for writing.
  BATON_INLINE void unlock() noexcept { internal::rw_mutex_unlock(&state_); }

  // The names that the standard library uses for reading.
  BATON_INLINE void lock_shared() noexcept { internal::rw_mutex_rlock(&state_); }
  BATON_INLINE bool try_lock_shared() noexcept { return internal::rw_mutex_try_rlock(&state_); }
  BATON_INLINE void unlock_shared() noexcept { internal::rw_mutex_runlock(&state_); }

 private:
  internal::RWMutexState state_;
};

// Calls a function once. Ready for use as it is declared; cannot be copied or moved. Go's sync.Once.
class Once {
 public:
  constexpr Once() noexcept = default;
  Once(const Once&) = delete;
  Once& operator=(const Once&) = delete;

  // Calls f() if this is the first call for this Once; otherwise blocks until the first one has returned. The return of
  // f happens before the return of every call. If f throws, the exception goes to the first caller and f counts as
  // called. If f calls this Once again, it waits for itself. Go's Do.
  template <std::invocable F>
  BATON_INLINE void call(F&& f) {
    if (!internal::once_begin(&state_)) return;
    const deferred end([this]() __attribute__((always_inline)) { internal::once_end(&state_); });
    static_cast<void>(std::forward<F>(f)());
  }

 private:
  internal::OnceState state_;
};

}  // namespace baton
