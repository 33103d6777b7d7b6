// SPDX-License-Identifier: Apache-2.0
//
// after, tick, Timer, Ticker, after_func: things that happen later. Times come through channels, as
// std::chrono::steady_clock::time_point, and only the newest one waits there: one that finds the channel full is
// dropped.
//
// The start or reset of a timer happens before what its own firing leads to: the receive of the time that it sends, the
// call of the function. One firing gives no order with another.
//
// No function here blocks. None may be called before main has started.
#pragma once

#include <baton/chan.hpp>
#include <baton/config.hpp>
#include <baton/go.hpp>
#include <baton/time.hpp>
#include <chrono>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace baton {

namespace internal {

using TimePoint = std::chrono::steady_clock::time_point;

// A stopped timer. `run`, if not null, is started in a goroutine with the channel (a reference comes with it), and
// `destroy` destroys the closure when the timer is gone. `automatic`: it stops when nobody can receive from it.
Channel* timer_make(bool automatic, void (*run)(void*), void* closure, void (*destroy)(void*));
// (Re)starts it and says whether it was started before.
bool timer_reset(Channel* c, std::int64_t delay, std::int64_t period);
bool timer_stop(Channel* c);
void* timer_closure(Channel* c) noexcept;
[[noreturn]] void timer_bad_interval(const char* text);

template <class F>
struct AfterFunc {
  F f;
};

// What the goroutine of an after_func runs, each time the timer fires.
template <class F>
struct GoCall<AfterFunc<F>> {
  static void run(void* timer) {
    auto* c = static_cast<Channel*>(timer);
    const ChanHandle<TimePoint> keep = ChanHandle<TimePoint>::adopt(c);
    static_cast<void>(static_cast<AfterFunc<F>*>(timer_closure(c))->f());
  }
};

BATON_INLINE recv_chan<TimePoint> timer_channel(bool automatic) {
  return recv_chan<TimePoint>(ChanHandle<TimePoint>::adopt(timer_make(automatic, nullptr, nullptr, nullptr)));
}

}  // namespace internal

class Timer;
template <class Rep, class Period, class F>
BATON_INLINE Timer after_func(const std::chrono::duration<Rep, Period>& d, F&& f);

// Fires once, after a time. A cheap handle: copies stand for the same timer, and dropping all of them does not stop it.
// Any goroutine may use it. Go's time.Timer.
class Timer {
 public:
  // No timer; stop and reset panic "time: Stop called on uninitialized Timer" and so on.
  Timer() noexcept = default;

  // Sends the time to c after d. Go's time.NewTimer.
  template <class Rep, class Period>
  BATON_INLINE explicit Timer(const std::chrono::duration<Rep, Period>& d)
      : c(internal::timer_channel(false)), timer_(c) {
    static_cast<void>(internal::timer_reset(timer_.untyped(), internal::to_nanoseconds(d), 0));
  }

  // Keeps the timer from firing. True: it was started, and will not fire. False: it has fired or was stopped before;
  // its time may still wait in c. Go's Stop.
  BATON_INLINE bool stop() { return internal::timer_stop(timer_.untyped()); }

  // Starts it again, to fire after d, and returns whether it had been started. A time of the previous start may still
  // wait in c. Go's Reset.
  template <class Rep, class Period>
  BATON_INLINE bool reset(const std::chrono::duration<Rep, Period>& d) {
    return internal::timer_reset(timer_.untyped(), internal::to_nanoseconds(d), 0);
  }

  recv_chan<internal::TimePoint> c;  // nil for after_func

 private:
  template <class Rep, class Period, class F>
  friend Timer after_func(const std::chrono::duration<Rep, Period>& d, F&& f);

  internal::ChanHandle<internal::TimePoint> timer_;
};

// A channel that gets the time once, after d. If nobody can receive from it any more the timer is stopped. Go's
// time.After.
template <class Rep, class Period>
[[nodiscard]] BATON_INLINE recv_chan<internal::TimePoint> after(const std::chrono::duration<Rep, Period>& d) {
  auto c = internal::timer_channel(true);
  static_cast<void>(internal::timer_reset(c.untyped(), internal::to_nanoseconds(d), 0));
  return c;
}

// A channel that gets the time every d, until nobody can receive from it; nil if d is zero or less. Go's time.Tick.
template <class Rep, class Period>
[[nodiscard]] BATON_INLINE recv_chan<internal::TimePoint> tick(const std::chrono::duration<Rep, Period>& d) {
  const std::int64_t period = internal::to_nanoseconds(d);
  if (period <= 0) return nil;
  auto c = internal::timer_channel(true);
  static_cast<void>(internal::timer_reset(c.untyped(), period, period));
  return c;
}

// Calls f() in a new goroutine after d; stop() of the result prevents that, reset(d) makes it happen (again). The
// result may be dropped. Go's time.AfterFunc.
template <class Rep, class Period, class F>
BATON_INLINE Timer after_func(const std::chrono::duration<Rep, Period>& d, F&& f) {
  using Closure = internal::AfterFunc<std::decay_t<F>>;
  Timer timer;
  timer.timer_ = internal::ChanHandle<internal::TimePoint>::adopt(
      internal::timer_make(false, &internal::GoCall<Closure>::run, new Closure{std::forward<F>(f)},
                           [](void* closure) { delete static_cast<Closure*>(closure); }));
  static_cast<void>(internal::timer_reset(timer.timer_.untyped(), internal::to_nanoseconds(d), 0));
  return timer;
}

// Sends the time to c every d, until it is stopped or destroyed. Slow receivers miss ticks. Cannot be copied. Go's
// time.Ticker.
class Ticker {
 public:
  // Panics "non-positive interval for NewTicker". Go's time.NewTicker.
  template <class Rep, class Period>
  BATON_INLINE explicit Ticker(const std::chrono::duration<Rep, Period>& d) : c(internal::timer_channel(false)) {
    start(internal::to_nanoseconds(d), "non-positive interval for NewTicker");
  }
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;
  BATON_INLINE ~Ticker() { stop(); }

  // No more ticks; does not close c. Go's Stop.
  BATON_INLINE void stop() { static_cast<void>(internal::timer_stop(c.untyped())); }

  // Ticks every d from now on, also if it was stopped. Panics "non-positive interval for Ticker.Reset". Go's Reset.
  template <class Rep, class Period>
  BATON_INLINE void reset(const std::chrono::duration<Rep, Period>& d) {
    start(internal::to_nanoseconds(d), "non-positive interval for Ticker.Reset");
  }

  const recv_chan<internal::TimePoint> c;

 private:
  BATON_INLINE void start(std::int64_t period, const char* complaint) {
    if (period <= 0) internal::timer_bad_interval(complaint);
    static_cast<void>(internal::timer_reset(c.untyped(), period, period));
  }
};

}  // namespace baton
