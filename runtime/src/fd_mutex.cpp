// SPDX-License-Identifier: Apache-2.0
#include "runtime/src/fd_mutex.h"

#include "runtime/src/sema.h"

namespace baton::rt {
namespace {

constexpr uint64_t kClosed = 1;
constexpr uint64_t kRefOne = 1 << 3;
constexpr uint64_t kCounter = (1 << 20) - 1;
constexpr int kRefShift = 3;

// The parts of the state for one direction.
struct Direction {
  uint64_t locked;
  uint64_t wait_one;
  uint64_t waiters(uint64_t state) const noexcept { return state / wait_one & kCounter; }
};
constexpr Direction kReading = {1 << 1, uint64_t{1} << 23};
constexpr Direction kWriting = {1 << 2, uint64_t{1} << 43};

constexpr const Direction& direction(bool read) noexcept { return read ? kReading : kWriting; }

uint64_t plus_reference(uint64_t state) noexcept {
  if ((state >> kRefShift & kCounter) == kCounter) fatal("too many concurrent operations on a single file or socket");
  return state + kRefOne;
}

bool last_of_closed(uint64_t state) noexcept { return (state & kClosed) != 0 && (state >> kRefShift & kCounter) == 0; }

}  // namespace

bool FdMutex::enter() noexcept {
  uint64_t old = state_.load();
  do {
    if ((old & kClosed) != 0) return false;
  } while (!state_.compare_exchange_weak(old, plus_reference(old)));
  return true;
}

bool FdMutex::leave() noexcept { return last_of_closed(state_.fetch_sub(kRefOne) - kRefOne); }

bool FdMutex::lock(bool read) noexcept {
  const Direction& d = direction(read);
  for (;;) {
    uint64_t old = state_.load();
    uint64_t now;
    do {
      if ((old & kClosed) != 0) return false;
      if ((old & d.locked) == 0) {
        now = plus_reference(old) | d.locked;
      } else {
        if (d.waiters(old) == kCounter) fatal("too many concurrent operations on a single file or socket");
        now = old + d.wait_one;
      }
    } while (!state_.compare_exchange_weak(old, now));
    if ((old & d.locked) == 0) return true;
    // Whoever unlocks or closes has taken us out of the counter.
    sema_acquire(read ? &read_sema_ : &write_sema_, false, WaitReason::kIOWait);
  }
}

bool FdMutex::unlock(bool read) noexcept {
  const Direction& d = direction(read);
  uint64_t old = state_.load();
  uint64_t now;
  do {
    now = (old & ~d.locked) - kRefOne;
    if (d.waiters(old) != 0) now -= d.wait_one;
  } while (!state_.compare_exchange_weak(old, now));
  if (d.waiters(old) != 0) sema_release(read ? &read_sema_ : &write_sema_, false);
  return last_of_closed(now);
}

bool FdMutex::close() noexcept {
  uint64_t old = state_.load();
  uint64_t now;
  do {
    if ((old & kClosed) != 0) return false;
    now = plus_reference(old) | kClosed;
    now -= kReading.waiters(old) * kReading.wait_one + kWriting.waiters(old) * kWriting.wait_one;
  } while (!state_.compare_exchange_weak(old, now));
  for (uint64_t n = kReading.waiters(old); n > 0; n--) sema_release(&read_sema_, false);
  for (uint64_t n = kWriting.waiters(old); n > 0; n--) sema_release(&write_sema_, false);
  return true;
}

}  // namespace baton::rt
