// SPDX-License-Identifier: Apache-2.0
//
// What <baton/time.hpp> needs of the scheduler's timers.
#include <baton/time.hpp>

#include "runtime/src/sched.h"
#include "runtime/src/timer.h"

namespace baton::internal {

void sleep_for(int64_t nanoseconds) noexcept {
  if (nanoseconds <= 0) return;
  int64_t when;
  if (__builtin_add_overflow(rt::nanotime(), nanoseconds, &when)) when = INT64_MAX;
  rt::sleep_until(when);
}

}  // namespace baton::internal
