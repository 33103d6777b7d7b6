// SPDX-License-Identifier: Apache-2.0
//
// What a program tells the race detector, and asks it: for synchronisation of its own making (shared memory of other
// processes, devices, assembly), and for tests. Follows Go's runtime.RaceAcquire and its kin. Without -race every
// function does nothing and costs a call at most. None blocks or throws; all may be called on any goroutine or thread.
#pragma once

#include <baton/config.hpp>
#include <cstddef>

namespace baton::race {

// Whether this file is compiled with -race. Go's internal/race.Enabled.
#if defined(__BATON_RACE__)
inline constexpr bool enabled = true;
#else
inline constexpr bool enabled = false;
#endif

}  // namespace baton::race

namespace baton::internal {

int race_errors() noexcept;
void race_acquire(const volatile void* p) noexcept;
void race_release(const volatile void* p) noexcept;
void race_release_merge(const volatile void* p) noexcept;
void race_access(const volatile void* p, std::size_t n, bool writes) noexcept;
void race_ignore_sync(bool begins) noexcept;

}  // namespace baton::internal

namespace baton::race {

// How many distinct races have been reported so far. Go's RaceErrors.
BATON_INLINE int errors() noexcept { return enabled ? internal::race_errors() : 0; }

// What happened before release(p), or before a release_merge(p) since then, happens before what follows acquire(p).
// `p` is any address of the program's; its memory is not touched. Go's RaceAcquire, RaceRelease, RaceReleaseMerge.
BATON_INLINE void acquire(const volatile void* p) noexcept {
  if constexpr (enabled) internal::race_acquire(p);
}
BATON_INLINE void release(const volatile void* p) noexcept {
  if constexpr (enabled) internal::race_release(p);
}
BATON_INLINE void release_merge(const volatile void* p) noexcept {
  if constexpr (enabled) internal::race_release_merge(p);
}

// Counts as a read, or a write, of n bytes at p by the caller. Go's RaceRead, RaceWrite, RaceReadRange, RaceWriteRange.
BATON_INLINE void read(const volatile void* p, std::size_t n = 1) noexcept {
  if constexpr (enabled) internal::race_access(p, n, false);
}
BATON_INLINE void write(const volatile void* p, std::size_t n = 1) noexcept {
  if constexpr (enabled) internal::race_access(p, n, true);
}

// Between disable() and enable(), which nest, what the goroutine does to synchronise orders nothing; its accesses are
// checked as ever. For code whose locks would hide a race that is looked for. Go's RaceDisable, RaceEnable.
BATON_INLINE void disable() noexcept {
  if constexpr (enabled) internal::race_ignore_sync(true);
}
BATON_INLINE void enable() noexcept {
  if constexpr (enabled) internal::race_ignore_sync(false);
}

}  // namespace baton::race
