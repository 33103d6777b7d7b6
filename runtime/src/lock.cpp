// SPDX-License-Identifier: Apache-2.0
//
// The contended half of RuntimeLock: spin a little, give the CPU away once, then sleep in the kernel. The numbers are
// Go's (lock_futex.go): a critical section of the runtime is shorter than 4 x 30 pauses, unless its holder lost its
// CPU.
#include "runtime/src/lock.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace baton::rt {
namespace {

constexpr int kSpinRounds = 4;
constexpr int kPausesPerRound = 30;

inline void pause_cpu() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield" ::: "memory");
#endif
}

// The goroutine's errno must not change because a lock was contended.
void futex(std::atomic<uint32_t>* word, int operation, uint32_t value) noexcept {
  static_assert(sizeof(std::atomic<uint32_t>) == sizeof(uint32_t));
  const int saved_errno = errno;
  syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, nullptr, nullptr, 0);
  errno = saved_errno;
}

}  // namespace

void RuntimeLock::lock_slow() noexcept {
  for (int round = 0; round < kSpinRounds; round++) {
    for (int i = 0; i < kPausesPerRound; i++) pause_cpu();
    if (word_.load(std::memory_order_relaxed) == kFree && try_lock()) return;
  }
  sched_yield();
  // From here on the word may only become kContended: whoever gets the lock so cannot know whether others still sleep,
  // and pays one needless wake-up at worst.
  while (word_.exchange(kContended, std::memory_order_acquire) != kFree) futex(&word_, FUTEX_WAIT, kContended);
}

void RuntimeLock::wake_one() noexcept { futex(&word_, FUTEX_WAKE, 1); }

}  // namespace baton::rt
