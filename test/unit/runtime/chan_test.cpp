// SPDX-License-Identifier: Apache-2.0
//
// What channels do between goroutines: order, blocking, close, and sums over many goroutines.
#include <vector>

#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

class Chan : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(Chan);

TEST_P(Chan, BufferedKeepsOrder) {
  auto c = make_chan<int>(10);
  for (int i = 0; i < 10; i++) c << i;
  for (int i = 0; i < 10; i++) EXPECT_EQ(c.recv(), i);
}

TEST_P(Chan, RingWrapsAround) {
  auto c = make_chan<int>(3);
  int next = 0;
  for (int i = 0; i < 100; i++) {
    c << i;
    if (i % 2 == 1 || c.len() == 3) EXPECT_EQ(c.recv(), next++);
    if (c.len() == 3) EXPECT_EQ(c.recv(), next++);
  }
  while (next < 100) EXPECT_EQ(c.recv(), next++);
}

TEST_P(Chan, UnbufferedKeepsOrder) {
  auto c = make_chan<int>();
  go([c] {
    for (int i = 0; i < 1000; i++) c << i;
  });
  for (int i = 0; i < 1000; i++) ASSERT_EQ(c.recv(), i);
}

TEST_P(Chan, UnbufferedSendBlocksUntilReceived) {
  auto c = make_chan<int>();
  std::atomic<bool> sent = false;
  WaitGroup wg;
  wg.go([&] {
    c << 1;
    sent = true;
  });
  settle();
  EXPECT_FALSE(sent);
  EXPECT_EQ(c.recv(), 1);
  wg.wait();
  EXPECT_TRUE(sent);
}

TEST_P(Chan, ReceiveBlocksUntilSent) {
  for (int capacity : {0, 1, 5}) {
    auto c = make_chan<int>(capacity);
    std::atomic<int> received = 0;
    WaitGroup wg;
    wg.go([&] { received = c.recv(); });
    settle();
    EXPECT_EQ(received, 0);
    c << 7;
    wg.wait();
    EXPECT_EQ(received, 7);
  }
}

TEST_P(Chan, FullBufferBlocksSender) {
  auto c = make_chan<int>(2);
  std::atomic<int> sent = 0;
  WaitGroup wg;
  wg.go([&] {
    for (int i = 0; i < 5; i++) {
      c << i;
      sent++;
    }
  });
  wait_until([&] { return sent == 2; });
  settle();
  EXPECT_EQ(sent, 2);
  EXPECT_EQ(c.len(), 2u);
  for (int i = 0; i < 5; i++) EXPECT_EQ(c.recv(), i);
  wg.wait();
  EXPECT_EQ(sent, 5);
}

TEST_P(Chan, BlockedSendersAreServedInOrder) {
  for (int capacity : {0, 1}) {
    auto c = make_chan<int>(capacity);
    if (capacity == 1) c << -1;
    WaitGroup wg;
    gomaxprocs(1);  // so that the order in which they block is known
    for (int i = 0; i < 5; i++) {
      wg.go([&, i] { c << i; });
      settle();
    }
    if (capacity == 1) EXPECT_EQ(c.recv(), -1);
    for (int i = 0; i < 5; i++) EXPECT_EQ(c.recv(), i);
    wg.wait();
  }
}

TEST_P(Chan, BlockedReceiversAreServedInOrder) {
  for (int capacity : {0, 3}) {
    auto c = make_chan<int>(capacity);
    std::vector<int> got(5);
    WaitGroup wg;
    gomaxprocs(1);  // so that the order in which they block is known
    for (int i = 0; i < 5; i++) {
      wg.go([&, i] { got[i] = c.recv(); });
      settle();
    }
    for (int i = 0; i < 5; i++) c << 10 + i;
    wg.wait();
    EXPECT_EQ(got, (std::vector<int>{10, 11, 12, 13, 14}));
  }
}

TEST_P(Chan, LenAndCap) {
  auto c = make_chan<int>(3);
  EXPECT_EQ(c.cap(), 3u);
  EXPECT_EQ(c.len(), 0u);
  c << 1;
  c << 2;
  EXPECT_EQ(c.len(), 2u);
  c.recv();
  EXPECT_EQ(c.len(), 1u);
  auto unbuffered = make_chan<int>();
  EXPECT_EQ(unbuffered.cap(), 0u);
  EXPECT_EQ(unbuffered.len(), 0u);
}

TEST_P(Chan, ReceiveFromClosedIsZeroAndNotOk) {
  for (int capacity : {0, 2}) {
    auto c = make_chan<int>(capacity);
    close(c);
    for (int i = 0; i < 3; i++) {
      EXPECT_EQ(c.recv(), 0);
      auto [v, ok] = c.recv_ok();
      EXPECT_EQ(v, 0);
      EXPECT_FALSE(ok);
      EXPECT_FALSE(c.recv_opt().has_value());
      int w = 5;
      c >> w;
      EXPECT_EQ(w, 0);
    }
  }
}

TEST_P(Chan, BufferIsDrainedAfterClose) {
  auto c = make_chan<int>(4);
  for (int i = 1; i <= 4; i++) c << i;
  close(c);
  EXPECT_EQ(c.len(), 4u);
  for (int i = 1; i <= 4; i++) {
    auto [v, ok] = c.recv_ok();
    EXPECT_EQ(v, i);
    EXPECT_TRUE(ok);
  }
  EXPECT_FALSE(c.recv_ok().ok);
}

TEST_P(Chan, CloseWakesAllReceivers) {
  for (int capacity : {0, 3}) {
    auto c = make_chan<int>(capacity);
    std::atomic<int> not_ok = 0;
    WaitGroup wg;
    for (int i = 0; i < 20; i++) {
      wg.go([&] {
        auto [v, ok] = c.recv_ok();
        if (v == 0 && !ok) not_ok++;
      });
    }
    settle();
    close(c);
    wg.wait();
    EXPECT_EQ(not_ok, 20);
  }
}

TEST_P(Chan, CloseMakesBlockedSendersPanic) {
  for (int capacity : {0, 1}) {
    auto c = make_chan<int>(capacity);
    if (capacity == 1) c << 0;
    std::atomic<int> panics = 0;
    WaitGroup wg;
    for (int i = 0; i < 10; i++) {
      wg.go([&] {
        if (panic_of([&] { c << 1; }) == "send on closed channel") panics++;
      });
    }
    settle();
    close(c);
    wg.wait();
    EXPECT_EQ(panics, 10);
  }
}

TEST_P(Chan, PanicTexts) {
  auto c = make_chan<int>(1);
  close(c);
  EXPECT_EQ(panic_of([&] { c << 1; }), "send on closed channel");
  EXPECT_EQ(panic_of([&] { c.send(1); }), "send on closed channel");
  EXPECT_EQ(panic_of([&] { c.try_send(1); }), "send on closed channel");
  EXPECT_EQ(panic_of([&] { close(c); }), "close of closed channel");
  chan<int> none;
  EXPECT_EQ(panic_of([&] { close(none); }), "close of nil channel");
  EXPECT_EQ(panic_of([] { (void)make_chan<int>(-1); }), "makechan: size out of range");
  EXPECT_EQ(panic_of([] { (void)make_chan<int>(PTRDIFF_MAX); }), "makechan: size out of range");
  // The channel's lock was given back before each panic.
  EXPECT_FALSE(c.recv_ok().ok);
}

TEST_P(Chan, FullClosedChannelPanicsOnTrySend) {
  auto c = make_chan<int>(1);
  c << 1;
  close(c);
  EXPECT_EQ(panic_of([&] { c.try_send(2); }), "send on closed channel");
}

TEST_P(Chan, TrySend) {
  auto c = make_chan<int>(1);
  EXPECT_TRUE(c.try_send(1));
  EXPECT_FALSE(c.try_send(2));
  EXPECT_EQ(c.recv(), 1);
  auto unbuffered = make_chan<int>();
  EXPECT_FALSE(unbuffered.try_send(1));
}

TEST_P(Chan, TrySendMeetsWaitingReceiver) {
  for (int capacity : {0, 1}) {
    auto c = make_chan<int>(capacity);
    std::atomic<int> received = 0;
    WaitGroup wg;
    wg.go([&] { received = c.recv(); });
    wait_until([&] { return c.try_send(9); });
    wg.wait();
    EXPECT_EQ(received, 9);
    EXPECT_EQ(c.len(), 0u);
  }
}

TEST_P(Chan, TryRecv) {
  auto c = make_chan<int>(1);
  int v = -1;
  bool ok = false;
  EXPECT_FALSE(c.try_recv().has_value());
  EXPECT_FALSE(c.try_recv(v));
  EXPECT_EQ(v, -1);
  c << 4;
  EXPECT_EQ(c.try_recv(), 4);
  c << 5;
  EXPECT_TRUE(c.try_recv(v, ok));
  EXPECT_EQ(v, 5);
  EXPECT_TRUE(ok);
  close(c);
  EXPECT_FALSE(c.try_recv().has_value());
  EXPECT_TRUE(c.try_recv(v, ok));
  EXPECT_EQ(v, 0);
  EXPECT_FALSE(ok);
}

TEST_P(Chan, TryRecvMeetsWaitingSender) {
  auto c = make_chan<int>();
  WaitGroup wg;
  wg.go([&] { c << 3; });
  int v = 0;
  wait_until([&] { return c.try_recv(v); });
  EXPECT_EQ(v, 3);
  wg.wait();
}

TEST_P(Chan, NilChannel) {
  chan<int> none;
  EXPECT_EQ(none.len(), 0u);
  EXPECT_EQ(none.cap(), 0u);
  EXPECT_FALSE(none.try_send(1));
  EXPECT_FALSE(none.try_recv().has_value());
  int v = 3;
  bool ok = true;
  EXPECT_FALSE(none.try_recv(v, ok));
  EXPECT_EQ(v, 3);
}

TEST_P(Chan, NilChannelBlocksForEver) {
  std::atomic<int> passed = 0;
  std::atomic<int> started = 0;
  go([&] {
    started++;
    chan<int>().recv();
    passed++;
  });
  go([&] {
    started++;
    chan<int>() << 1;
    passed++;
  });
  wait_until([&] { return started == 2; });
  settle();
  EXPECT_EQ(passed, 0);
}

TEST_P(Chan, RangeEndsAtClose) {
  for (int capacity : {0, 4, 100}) {
    auto c = make_chan<int>(capacity);
    go([c] {
      for (int i = 1; i <= 50; i++) c << i;
      close(c);
    });
    int expected = 1;
    for (int v : c) EXPECT_EQ(v, expected++);
    EXPECT_EQ(expected, 51);
  }
}

TEST_P(Chan, BreakLeavesTheRestInTheChannel) {
  auto c = make_chan<int>(5);
  for (int i = 0; i < 5; i++) c << i;
  close(c);
  for (int v : c) {
    if (v == 2) break;
  }
  EXPECT_EQ(c.recv(), 3);
  EXPECT_EQ(c.recv(), 4);
  EXPECT_FALSE(c.recv_ok().ok);
}

TEST_P(Chan, TwoLoopsShareTheElements) {
  auto c = make_chan<int>();
  std::atomic<int> sum = 0;
  WaitGroup wg;
  for (int i = 0; i < 2; i++) {
    wg.go([&] {
      for (int v : c) sum += v;
    });
  }
  for (int i = 1; i <= 100; i++) c << i;
  close(c);
  wg.wait();
  EXPECT_EQ(sum, 5050);
}

TEST_P(Chan, PingPong) {
  auto ping = make_chan<int>();
  auto pong = make_chan<int>();
  go([=] {
    for (int v : ping) pong << v + 1;
    close(pong);
  });
  int v = 0;
  for (int i = 0; i < 5000; i++) {
    ping << v;
    v = pong.recv();
  }
  close(ping);
  EXPECT_FALSE(pong.recv_ok().ok);
  EXPECT_EQ(v, 5000);
}

TEST_P(Chan, ManyProducersManyConsumers) {
  for (int capacity : {0, 1, 7, 128}) {
    constexpr int kProducers = 10;
    constexpr int kConsumers = 6;
    constexpr int kEach = 500;
    auto c = make_chan<int>(capacity);
    std::atomic<long> sum = 0;
    std::atomic<int> received = 0;
    WaitGroup producers, consumers;
    for (int p = 0; p < kProducers; p++) {
      producers.go([&, p] {
        for (int i = 0; i < kEach; i++) c << p * kEach + i;
      });
    }
    for (int i = 0; i < kConsumers; i++) {
      consumers.go([&] {
        for (int v : c) {
          sum += v;
          received++;
        }
      });
    }
    producers.wait();
    close(c);
    consumers.wait();
    constexpr long kTotal = kProducers * kEach;
    EXPECT_EQ(received, kTotal);
    EXPECT_EQ(sum, kTotal * (kTotal - 1) / 2);
  }
}

TEST_P(Chan, EachProducersOrderIsKept) {
  auto c = make_chan<std::pair<int, int>>(3);
  WaitGroup wg;
  for (int p = 0; p < 4; p++) {
    wg.go([&, p] {
      for (int i = 0; i < 300; i++) c << std::pair(p, i);
    });
  }
  int next[4] = {};
  for (int n = 0; n < 4 * 300; n++) {
    auto [p, i] = c.recv();
    ASSERT_EQ(i, next[p]++);
  }
  wg.wait();
}

TEST_P(Chan, Chain) {
  constexpr int kLength = 500;
  auto first = make_chan<int>();
  recv_chan<int> left = first;
  for (int i = 0; i < kLength; i++) {
    auto right = make_chan<int>();
    go([](recv_chan<int> in, send_chan<int> out) { out << in.recv() + 1; }, left, right);
    left = right;
  }
  first << 0;
  EXPECT_EQ(left.recv(), kLength);
}

TEST_P(Chan, PrimeSieve) {
  auto source = make_chan<int>();
  go([source] {
    for (int i = 2; i < 200; i++) source << i;
    close(source);
  });
  recv_chan<int> numbers = source;
  std::vector<int> primes;
  for (;;) {
    auto [prime, ok] = numbers.recv_ok();
    if (!ok) break;
    primes.push_back(prime);
    auto filtered = make_chan<int>();
    go([in = numbers, out = filtered, prime = prime] {
      for (int v : in) {
        if (v % prime != 0) out << v;
      }
      close(out);
    });
    numbers = filtered;
  }
  EXPECT_EQ(primes.size(), 46u);
  EXPECT_EQ(primes.back(), 199);
}

TEST_P(Chan, AsSemaphoreItLimitsGoroutines) {
  auto tickets = make_chan<int>(3);
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  WaitGroup wg;
  for (int i = 0; i < 30; i++) {
    wg.go([&] {
      tickets << 1;
      int now = ++inside;
      for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
      }
      gosched();
      inside--;
      tickets.recv();
    });
  }
  wg.wait();
  EXPECT_LE(most, 3);
  EXPECT_GE(most, 1);
}

TEST_P(Chan, CloseAgainstTryOperations) {
  for (int round = 0; round < 200; round++) {
    auto c = make_chan<int>(1);
    std::atomic<int> sent = 0;
    int received = 0;
    WaitGroup wg;
    wg.go([&] {
      try {
        for (int i = 0; i < 5; i++) {
          if (c.try_send(1)) sent++;
          gosched();
        }
      } catch (const panic_error&) {
      }
    });
    wg.go([&] { close(c); });
    for (;;) {
      int v = 0;
      bool ok = false;
      if (!c.try_recv(v, ok)) {
        gosched();
        continue;
      }
      if (!ok) break;
      received += v;
    }
    wg.wait();
    EXPECT_EQ(received, sent);
  }
}

}  // namespace
}  // namespace baton::test
