// SPDX-License-Identifier: Apache-2.0
//
// after, tick, Timer, Ticker, after_func. Nothing here depends on how late a timer fires, only on "not before".
#include <chrono>
#include <memory>
#include <vector>

#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

using Clock = std::chrono::steady_clock;

class TimerChan : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(TimerChan);

TEST_P(TimerChan, AfterSendsTheTimeOnce) {
  const auto start = Clock::now();
  auto c = after(2ms);
  const auto time = c.recv();
  EXPECT_GE(time - start, 2ms);
  EXPECT_GE(Clock::now(), time);
  sleep(5ms);
  EXPECT_FALSE(c.try_recv().has_value());
}

TEST_P(TimerChan, AfterNothing) {
  after(0ms).recv();
  after(-1s).recv();
}

TEST_P(TimerChan, AfterInSelect) {
  auto c = make_chan<int>();
  int v = 0;
  EXPECT_EQ(select(on_recv(c, v), on_recv(after(1ms))), 1u);
  go([c] { c << 4; });
  EXPECT_EQ(select(on_recv(c, v), on_recv(after(1h))), 0u);
  EXPECT_EQ(v, 4);
}

TEST_P(TimerChan, ManyAftersThatAreDropped) {
  for (int i = 0; i < 20000; i++) EXPECT_EQ(select(on_recv(after(1h)), otherwise), 1u);
}

TEST_P(TimerChan, OneWaiterPerTimer) {
  constexpr int kWaiters = 100;
  std::atomic<int> woken = 0;
  WaitGroup wg;
  for (int i = 0; i < kWaiters; i++) {
    wg.go([&, i] {
      const auto start = Clock::now();
      const auto d = std::chrono::microseconds(i * 37 % 3000);
      if (after(d).recv() - start >= d) woken++;
    });
  }
  wg.wait();
  EXPECT_EQ(woken, kWaiters);
}

TEST_P(TimerChan, TimerFires) {
  Timer t(1ms);
  t.c.recv();
  EXPECT_FALSE(t.stop());
}

TEST_P(TimerChan, StoppedTimerDoesNotFire) {
  Timer t(3ms);
  EXPECT_TRUE(t.stop());
  EXPECT_FALSE(t.stop());
  sleep(6ms);
  EXPECT_FALSE(t.c.try_recv().has_value());
}

TEST_P(TimerChan, ResetStartsAgain) {
  Timer t(1h);
  EXPECT_TRUE(t.reset(1ms));
  t.c.recv();
  EXPECT_FALSE(t.reset(1ms));
  t.c.recv();
  EXPECT_FALSE(t.reset(1h));
  EXPECT_TRUE(t.stop());
  EXPECT_FALSE(t.reset(1us));
  t.c.recv();
}

TEST_P(TimerChan, FullChannelDropsTheTime) {
  Timer t(0ms);
  while (t.c.len() == 0) sleep(1ms);
  t.reset(0ms);
  sleep(3ms);
  EXPECT_TRUE(t.c.try_recv().has_value());
  EXPECT_FALSE(t.c.try_recv().has_value());
}

TEST_P(TimerChan, CopiesAreOneTimer) {
  Timer a(1h);
  Timer b = a;
  EXPECT_TRUE(b.stop());
  EXPECT_FALSE(a.stop());
  EXPECT_TRUE(a.c == b.c);
}

TEST_P(TimerChan, UninitializedTimerPanics) {
  Timer t;
  EXPECT_TRUE(t.c == nil);
  EXPECT_EQ(panic_of([&] { t.stop(); }), "time: Stop called on uninitialized Timer");
  EXPECT_EQ(panic_of([&] { t.reset(1s); }), "time: Reset called on uninitialized Timer");
}

TEST_P(TimerChan, TickerTicks) {
  const auto start = Clock::now();
  Ticker t(1ms);
  Clock::time_point last = start;
  for (int i = 1; i <= 5; i++) {
    const auto time = t.c.recv();
    EXPECT_GE(time - start, i * 1ms);
    EXPECT_GT(time, last);
    last = time;
  }
  t.stop();
  t.c.try_recv();
  sleep(4ms);
  EXPECT_FALSE(t.c.try_recv().has_value());
  t.reset(500us);
  t.c.recv();
  t.c.recv();
}

TEST_P(TimerChan, SlowReceiverMissesTicks) {
  Ticker t(100us);
  sleep(5ms);
  t.c.recv();
  EXPECT_EQ(t.c.cap(), 1u);
  t.c.recv();
}

TEST_P(TimerChan, TickerIntervals) {
  EXPECT_EQ(panic_of([] { Ticker t(0ms); }), "non-positive interval for NewTicker");
  Ticker t(1h);
  EXPECT_EQ(panic_of([&] { t.reset(-1ms); }), "non-positive interval for Ticker.Reset");
}

TEST_P(TimerChan, Tick) {
  auto c = tick(500us);
  for (int i = 0; i < 5; i++) c.recv();
  EXPECT_TRUE(tick(0ms) == nil);
}

TEST_P(TimerChan, AfterFuncRunsInAGoroutine) {
  auto c = make_chan<int>();
  // Blocks, so it needs a goroutine of its own.
  after_func(1ms, [c] { c << 1; });
  EXPECT_EQ(c.recv(), 1);
}

TEST_P(TimerChan, AfterFuncStop) {
  std::atomic<int> calls = 0;
  Timer t = after_func(2ms, [&] { calls++; });
  EXPECT_TRUE(t.c == nil);
  EXPECT_TRUE(t.stop());
  sleep(5ms);
  EXPECT_EQ(calls, 0);
  EXPECT_FALSE(t.reset(0ms));
  wait_until([&] { return calls == 1; });
  EXPECT_FALSE(t.stop());
}

TEST_P(TimerChan, AfterFuncMayResetItself) {
  auto done = make_chan<int>();
  struct Repeated {
    Timer timer;
    int calls = 0;
    Mutex mu;
  } repeated;
  repeated.mu.lock();
  repeated.timer = after_func(0ms, [&] {
    std::scoped_lock lock(repeated.mu);
    if (++repeated.calls == 5) {
      done << 1;
    } else {
      repeated.timer.reset(100us);
    }
  });
  repeated.mu.unlock();
  done.recv();
  std::scoped_lock lock(repeated.mu);
  EXPECT_EQ(repeated.calls, 5);
}

TEST_P(TimerChan, AfterFuncOwnsItsFunction) {
  auto token = std::make_shared<int>(1);
  std::weak_ptr<int> watch = token;
  auto done = make_chan<int>();
  {
    Timer t = after_func(0ms, [token, done] { done << *token; });
    token.reset();
    EXPECT_EQ(done.recv(), 1);
    EXPECT_FALSE(watch.expired());
  }
  wait_until([&] { return watch.expired(); });
  after_func(1h, [token = std::make_unique<int>(2)] { (void)token; }).stop();
}

TEST_P(TimerChan, StopsResetsAndFiringsAtOnce) {
  for (int round = 0; round < 30; round++) {
    std::atomic<int> calls = 0;
    std::atomic<int> starts = 1;
    std::atomic<int> stops = 0;
    Timer t = after_func(0ms, [&] { calls++; });
    WaitGroup wg;
    for (int g = 0; g < 4; g++) {
      wg.go([&, g, t]() mutable {
        for (int i = 0; i < 20; i++) {
          if (g % 2 == 0) {
            if (t.stop()) stops++;
          } else {
            starts++;
            if (t.reset(std::chrono::microseconds(i % 3 * 20))) stops++;
          }
          gosched();
        }
      });
    }
    wg.wait();
    if (t.stop()) stops++;
    // Each start either leads to a call or was stopped, never both.
    wait_until([&] { return calls + stops == starts; });
    settle();
    EXPECT_EQ(calls + stops, starts);
  }
}

TEST_P(TimerChan, TickersStopWhileTheyFire) {
  for (int round = 0; round < 100; round++) {
    auto t = std::make_unique<Ticker>(1us);
    auto c = t->c;
    if (round % 2 == 0) c.recv();
    t.reset();
    c.try_recv();
  }
}

}  // namespace
}  // namespace baton::test
