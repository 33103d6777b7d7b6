// SPDX-License-Identifier: Apache-2.0
//
// defer(expression): evaluates the expression when the enclosing scope is left, however that happens: at its end, by
// return or break, or because a panic or another exception unwinds. Several run in reverse order. A value is discarded.
//
// Two differences from Go, both C++'s habit: the scope is the block, not the function, so a defer in a loop runs in
// each round; and the whole expression is evaluated at the end, its arguments too. If the expression throws, the
// exception goes on from the end of the scope; while another one unwinds, that ends the process.
//
// With BATON_NO_MACROS defined there is no macro: write `auto guard = baton::deferred([&] { ... });`.
#pragma once

#include <baton/config.hpp>
#include <utility>

namespace baton {

// Calls a function object when it goes out of scope.
template <class F>
class [[nodiscard]] deferred {
 public:
  BATON_INLINE explicit deferred(F f) : f_(std::move(f)) {}
  BATON_INLINE ~deferred() noexcept(noexcept(std::declval<F&>()())) { f_(); }
  deferred(const deferred&) = delete;
  deferred& operator=(const deferred&) = delete;

 private:
  F f_;
};

}  // namespace baton

#ifndef BATON_NO_MACROS
#define BATON_CONCATENATE_(a, b) a##b
#define BATON_CONCATENATE(a, b) BATON_CONCATENATE_(a, b)
#define defer(...)                                            \
  [[maybe_unused]] const ::baton::deferred BATON_CONCATENATE( \
      baton_defer_, __COUNTER__)([&]() __attribute__((always_inline)) { static_cast<void>(__VA_ARGS__); })
#endif
