// SPDX-License-Identifier: Apache-2.0
//
// ErrGroup: goroutines that work on one task, the first error of which counts. Follows golang.org/x/sync/errgroup.
#pragma once

#include <baton/chan.hpp>
#include <baton/config.hpp>
#include <baton/context.hpp>
#include <baton/error.hpp>
#include <baton/go.hpp>
#include <baton/panic.hpp>
#include <baton/sync.hpp>
#include <concepts>
#include <cstddef>
#include <exception>
#include <mutex>
#include <type_traits>
#include <utility>
#include <variant>

namespace baton {

class ErrGroup;

namespace internal {

// What ErrGroup::go runs. A type with a name: stacks leave out what stands in this namespace.
template <class F>
struct GroupCall {
  ErrGroup* group;
  F f;
  void operator()();
};

}  // namespace internal

// A group without limit and without context is ready as it is declared. Cannot be copied or moved, and must live until
// wait has returned. What happened in the goroutines happens before the return of wait.
class ErrGroup {
 public:
  ErrGroup() = default;
  // context() is made from `parent`; it ends with the first error, and when wait returns. Go's errgroup.WithContext.
  explicit ErrGroup(const Context& parent) : ErrGroup(with_cancel(parent)) {}
  ErrGroup(const ErrGroup&) = delete;
  ErrGroup& operator=(const ErrGroup&) = delete;

  const Context& context() const noexcept { return context_; }

  // Runs f() in a new goroutine; blocks while the limit is reached. f returns nothing, or an error. An exception counts
  // as an error, and wait throws it. Go's Go.
  template <class F>
    requires std::invocable<std::decay_t<F>&>
  BATON_INLINE void go(F&& f) {
    if (tickets_ != nil) tickets_ << std::monostate();
    wg_.add(1);
    ::baton::go(internal::GroupCall<std::decay_t<F>>{this, std::forward<F>(f)});
  }

  // The same if the limit is not reached; returns whether it was started. Does not block. Go's TryGo.
  template <class F>
    requires std::invocable<std::decay_t<F>&>
  BATON_INLINE bool try_go(F&& f) {
    if (tickets_ != nil && !tickets_.try_send(std::monostate())) return false;
    wg_.add(1);
    ::baton::go(internal::GroupCall<std::decay_t<F>>{this, std::forward<F>(f)});
    return true;
  }

  // At most n goroutines at a time; negative: any number. Only while none runs, else panics. Go's SetLimit.
  void set_limit(std::ptrdiff_t n) {
    if (tickets_.len() != 0) panic("errgroup: modify limit while goroutines in the group are still active");
    tickets_ = n < 0 ? chan<std::monostate>() : make_chan<std::monostate>(n);
  }

  // Blocks until all goroutines of the group have ended; returns the first error, or throws it if it was an exception.
  // Go's Wait.
  error wait() {
    wg_.wait();
    if (cancel_) (*cancel_)();
    std::scoped_lock lock(mu_);
    if (thrown_) std::rethrow_exception(thrown_);
    return first_;
  }

 private:
  template <class F>
  friend struct internal::GroupCall;

  explicit ErrGroup(ContextAndCancel made) : context_(std::move(made.ctx)), cancel_(std::move(made.cancel)) {}

  void failed(const error& e, std::exception_ptr thrown) {
    {
      std::scoped_lock lock(mu_);
      if (first_ || thrown_) return;
      first_ = e;
      thrown_ = std::move(thrown);
    }
    if (cancel_) (*cancel_)();
  }

  void done() {
    if (tickets_ != nil) tickets_.recv();
    wg_.done();
  }

  WaitGroup wg_;
  chan<std::monostate> tickets_;
  Context context_;
  std::optional<CancelFunc> cancel_;
  Mutex mu_;
  error first_;                // guarded by mu_
  std::exception_ptr thrown_;  // guarded by mu_
};

template <class F>
void internal::GroupCall<F>::operator()() {
  const deferred end([this] { group->done(); });
  BATON_TRY {
    if constexpr (std::is_void_v<std::invoke_result_t<F&>>) {
      f();
    } else {
      const error e = f();
      if (e) group->failed(e, nullptr);
    }
  }
  BATON_CATCH_EXCEPTION { group->failed(nil, std::current_exception()); }
}

}  // namespace baton
