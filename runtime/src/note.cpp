// SPDX-License-Identifier: Apache-2.0
#include "runtime/src/note.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runtime/src/sched.h"

namespace baton::rt {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

long futex(std::atomic<uint32_t>* word, int operation, uint32_t value, const timespec* timeout) noexcept {
  return syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, timeout, nullptr, FUTEX_BITSET_MATCH_ANY);
}

}  // namespace

void Note::wake() noexcept {
  if (word_.exchange(1, std::memory_order_release) == 0) futex(&word_, FUTEX_WAKE, 1, nullptr);
}

void Note::sleep() noexcept {
  while (word_.load(std::memory_order_acquire) == 0) futex(&word_, FUTEX_WAIT_BITSET, 0, nullptr);
}

bool Note::sleep_until(int64_t deadline) noexcept {
  // FUTEX_WAIT_BITSET takes an absolute time of CLOCK_MONOTONIC, the clock of nanotime().
  const timespec until = {.tv_sec = deadline / kSecond, .tv_nsec = deadline % kSecond};
  while (word_.load(std::memory_order_acquire) == 0) {
    if (nanotime() >= deadline) return false;
    futex(&word_, FUTEX_WAIT_BITSET, 0, &until);
  }
  return true;
}

}  // namespace baton::rt
