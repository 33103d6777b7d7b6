// SPDX-License-Identifier: Apache-2.0
//
// WaitGroup and Mutex, as in Go's package sync. Both are ready for use as they are declared, also as globals before any
// constructor has run; neither can be copied or moved. They block the goroutine, never the thread.
//
// For the race detector each operation is also an atomic access to the object itself, so destroying or overwriting one
// that another goroutine still uses is reported.
#pragma once

#include <atomic>
#include <baton/config.hpp>
#include <baton/go.hpp>
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

void wait_group_add(WaitGroupState* wg, int delta);
void wait_group_wait(WaitGroupState* wg);
void mutex_lock(MutexState* m) noexcept;
bool mutex_try_lock(MutexState* m) noexcept;
void mutex_unlock(MutexState* m) noexcept;

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
  BATON_INLINE void lock() noexcept { internal::mutex_lock(&state_); }

  // Locks the mutex if that is possible at once and returns whether it was. Does not block.
  BATON_INLINE bool try_lock() noexcept { return internal::mutex_try_lock(&state_); }

  // Frees the mutex. Ends the process with "fatal error: sync: unlock of unlocked mutex" if it is not locked.
  BATON_INLINE void unlock() noexcept { internal::mutex_unlock(&state_); }

 private:
  internal::MutexState state_;
};

}  // namespace baton
