// SPDX-License-Identifier: Apache-2.0
//
// The C library's functions that sleep, and so std::this_thread::sleep_for and sleep_until: a goroutine that calls them
// parks, as with baton::sleep. On other threads, and in scheduler code, they are the system's calls.
//
// A parked goroutine is not interrupted by signals, so it always sleeps to the end.
#include "runtime/src/sleep_calls.h"

#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runtime/src/core.h"

namespace baton::rt {

void use_sleep_calls() noexcept {}

}  // namespace baton::rt

// ThreadSanitizer has its own definitions.
#if !BATON_TSAN

namespace baton::rt {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

bool in_goroutine() noexcept {
  const M* m = current_m();
  return m != nullptr && m->current != nullptr;
}

bool valid(const timespec* t) noexcept { return t->tv_sec >= 0 && t->tv_nsec >= 0 && t->tv_nsec < kSecond; }

// Saturates: 292 years are for ever.
int64_t nanoseconds(const timespec& t) noexcept {
  int64_t total;
  if (__builtin_mul_overflow(int64_t{t.tv_sec}, kSecond, &total)) return INT64_MAX;
  return __builtin_add_overflow(total, int64_t{t.tv_nsec}, &total) ? INT64_MAX : total;
}

void park_for(int64_t duration) noexcept {
  int64_t when;
  if (duration <= 0) return yield();
  sleep_until(__builtin_add_overflow(nanotime(), duration, &when) ? INT64_MAX : when);
}

}  // namespace
}  // namespace baton::rt

using namespace baton::rt;

extern "C" {

// Returns an error number, and does not set errno.
int clock_nanosleep(clockid_t clock, int flags, const timespec* request, timespec* rest) {
  if (!in_goroutine() || !valid(request)) {
    const int saved_errno = errno;
    const int result = syscall(SYS_clock_nanosleep, clock, flags, request, rest) == 0 ? 0 : errno;
    errno = saved_errno;
    return result;
  }
  int64_t duration = nanoseconds(*request);
  if ((flags & TIMER_ABSTIME) != 0) {
    timespec now;
    if (clock_gettime(clock, &now) != 0) return EINVAL;
    duration -= nanoseconds(now);
  }
  park_for(duration);
  return 0;
}

int nanosleep(const timespec* request, timespec* rest) {
  if (!in_goroutine() || !valid(request)) return static_cast<int>(syscall(SYS_nanosleep, request, rest));
  park_for(nanoseconds(*request));
  return 0;
}

int usleep(useconds_t microseconds) {
  const timespec request = {.tv_sec = microseconds / 1'000'000, .tv_nsec = microseconds % 1'000'000 * 1000L};
  return nanosleep(&request, nullptr);
}

unsigned sleep(unsigned seconds) {
  timespec request = {.tv_sec = seconds, .tv_nsec = 0};
  return nanosleep(&request, &request) == 0 ? 0 : static_cast<unsigned>(request.tv_sec);
}

}  // extern "C"

#endif
