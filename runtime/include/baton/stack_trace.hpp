// SPDX-License-Identifier: Apache-2.0
//
// stack_trace(): the stacks of goroutines as text.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>

namespace baton {

namespace internal {
// Text from malloc, without a zero at its end.
char* stack_text(bool all, std::size_t* size) noexcept;
}  // namespace internal

// The stack of the calling goroutine in the form of a dump ("goroutine 7 [running]:" ...); with `all` those of the
// others too, each after a blank line, as they are while they go on running. Needs debug information (-g) for lines.
// Takes milliseconds the first time. May be called by any thread. Follows Go's runtime.Stack.
inline std::string stack_trace(bool all = false) {
  std::size_t size = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(internal::stack_text(all, &size), &std::free);
  return text == nullptr ? std::string() : std::string(text.get(), size);
}

}  // namespace baton
