// SPDX-License-Identifier: Apache-2.0
//
// Time for goroutines. Durations are those of std::chrono, and their literals come with the namespace: `sleep(250ms)`
// needs nothing but `using namespace baton`.
#pragma once

#include <baton/config.hpp>
#include <chrono>
#include <cstdint>
#include <limits>

namespace baton {

using namespace std::chrono_literals;  // NOLINT: Go writes 250 * time.Millisecond, and so may we

namespace internal {

void sleep_for(std::int64_t nanoseconds) noexcept;

// Durations beyond what 64 bits of nanoseconds hold, 292 years, become the longest one.
template <class Rep, class Period>
constexpr std::int64_t to_nanoseconds(const std::chrono::duration<Rep, Period>& d) noexcept {
  constexpr double kLongestInSeconds = 9.2e9;
  const double seconds = std::chrono::duration<double>(d).count();
  if (seconds >= kLongestInSeconds) return std::numeric_limits<std::int64_t>::max();
  if (seconds <= 0) return 0;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(d).count();
}

}  // namespace internal

// Parks the goroutine for at least d; other goroutines run meanwhile. Returns at once if d is zero or less. Gives no
// order between goroutines: what another did "long ago" is still a race. Go's time.Sleep.
template <class Rep, class Period>
BATON_INLINE void sleep(const std::chrono::duration<Rep, Period>& d) noexcept {
  internal::sleep_for(internal::to_nanoseconds(d));
}

}  // namespace baton
