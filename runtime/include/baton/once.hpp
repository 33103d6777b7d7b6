// SPDX-License-Identifier: Apache-2.0
//
// once_func and once_value: functions that do something the first time they are called, and never again. Once itself is
// in sync.hpp.
#pragma once

#include <baton/config.hpp>
#include <baton/counted.hpp>
#include <baton/sync.hpp>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace baton {

namespace internal {

struct Nothing {};

// What the copies of a once_func or once_value share.
template <class F>
class OnceCall final : public Counted {
 public:
  using Result = std::invoke_result_t<F&>;
  static constexpr bool kVoid = std::is_void_v<Result>;
  using Value = std::conditional_t<kVoid, Nothing, Result>;

  explicit OnceCall(F f) : f_(std::move(f)) {}

  const Value& get() {
    once_.call([this] {
      BATON_TRY {
        if constexpr (kVoid) {
          (*f_)();
          value_.emplace();
        } else {
          value_.emplace((*f_)());
        }
        f_.reset();  // whatever it holds is not needed any more
      }
      BATON_CATCH_EXCEPTION { panic_ = std::current_exception(); }
    });
    if (panic_) std::rethrow_exception(panic_);
    return *value_;
  }

 private:
  Once once_;
  std::optional<F> f_;
  std::optional<Value> value_;
  std::exception_ptr panic_;
};

}  // namespace internal

// A function that calls f() the first time it is called, and does nothing afterwards. Copies count as one. If f throws,
// every call throws the same. Go's sync.OnceFunc.
template <class F>
[[nodiscard]] auto once_func(F&& f) {
  using Call = internal::OnceCall<std::decay_t<F>>;
  return [shared = internal::Ref<Call>::make(std::forward<F>(f))] { static_cast<void>(shared->get()); };
}

// A function that returns what f() returned the first time. Copies count as one. If f throws, every call throws the
// same. Go's sync.OnceValue.
template <class F>
[[nodiscard]] auto once_value(F&& f) {
  using Call = internal::OnceCall<std::decay_t<F>>;
  static_assert(!Call::kVoid, "once_value: f returns nothing; use once_func");
  return [shared = internal::Ref<Call>::make(std::forward<F>(f))]() -> const typename Call::Value& {
    return shared->get();
  };
}

}  // namespace baton
