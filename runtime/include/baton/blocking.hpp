// SPDX-License-Identifier: Apache-2.0
//
// blocking(f): calls that block the thread.
#pragma once

#include <baton/config.hpp>
#include <concepts>
#include <utility>

namespace baton {

namespace internal {

void enter_blocking() noexcept;
void exit_blocking() noexcept;

struct BlockingScope {
  BATON_INLINE BlockingScope() noexcept { enter_blocking(); }
  BATON_INLINE ~BlockingScope() { exit_blocking(); }
  BlockingScope(const BlockingScope&) = delete;
  BlockingScope& operator=(const BlockingScope&) = delete;
};

}  // namespace internal

// Calls f(), which may block the thread for long (a system call, a library that waits), and returns what it returns;
// exceptions pass. Other goroutines go on meanwhile: after 20 microseconds or more another thread takes the processor
// over, and f keeps its thread. Afterwards the caller may have to wait for a processor. Costs a few nanoseconds if f
// does not block. Without blocking() the same happens, as soon as the runtime notices that the thread sleeps. On a
// thread that is not a goroutine's it only calls f. Go's runtime does this in package syscall.
template <std::invocable F>
BATON_INLINE decltype(auto) blocking(F&& f) {
  const internal::BlockingScope scope;
  return std::forward<F>(f)();
}

}  // namespace baton
