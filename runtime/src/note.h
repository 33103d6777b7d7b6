// SPDX-License-Identifier: Apache-2.0
//
// Note: a one-shot event for one sleeping thread. wake() may come before sleep(); the sleeper clears the note before it
// can be used again. Follows Go's note (lock_futex.go).
#pragma once

#include <stdint.h>

#include <atomic>

namespace baton::rt {

class Note {
 public:
  constexpr Note() noexcept = default;
  Note(const Note&) = delete;
  Note& operator=(const Note&) = delete;

  void clear() noexcept { word_.store(0, std::memory_order_relaxed); }

  // Sets the note and wakes the sleeper. Setting it twice is setting it once.
  void wake() noexcept;

  // Blocks the thread until the note is set.
  void sleep() noexcept;

  // The same, at most until nanotime() reaches `deadline`. Says whether the note is set.
  bool sleep_until(int64_t deadline) noexcept;

 private:
  // The releasing exchange in wake pairs with the acquiring load in sleep: what the waker did is seen by the sleeper.
  std::atomic<uint32_t> word_{0};
};

}  // namespace baton::rt
