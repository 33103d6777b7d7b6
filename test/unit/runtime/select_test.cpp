// SPDX-License-Identifier: Apache-2.0
//
// select: which case is chosen, what is stored, blocking, close, nil channels, lists made at run time.
#include <memory>
#include <vector>

#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

class Select : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(Select);

TEST_P(Select, TakesTheCaseThatIsPossible) {
  auto a = make_chan<int>(1);
  auto b = make_chan<std::string>(1);
  int v = -1;
  std::string s = "unchanged";
  a << 5;
  switch (select(on_recv(a, v), on_recv(b, s))) {
    case 0:
      break;
    default:
      FAIL();
  }
  EXPECT_EQ(v, 5);
  EXPECT_EQ(s, "unchanged");
  b << "text";
  EXPECT_EQ(select(on_recv(a, v), on_recv(b, s)), 1u);
  EXPECT_EQ(s, "text");
  EXPECT_EQ(v, 5);
}

TEST_P(Select, OtherwiseCountsAsAPosition) {
  auto a = make_chan<int>(1);
  auto b = make_chan<int>(1);
  EXPECT_EQ(select(on_recv(a), on_recv(b), otherwise), 2u);
  EXPECT_EQ(select(otherwise, on_recv(a), on_recv(b)), 0u);
  b << 1;
  EXPECT_EQ(select(on_recv(a), otherwise, on_recv(b)), 2u);
  EXPECT_EQ(select(otherwise), 0u);
}

TEST_P(Select, SingleCases) {
  auto c = make_chan<int>(1);
  int v = 0;
  bool ok = false;
  EXPECT_EQ(select(on_send(c, 4)), 0u);
  EXPECT_EQ(select(on_send(c, 5), otherwise), 1u);
  EXPECT_EQ(select(otherwise, on_send(c, 5)), 0u);
  EXPECT_EQ(select(on_recv(c, v, ok)), 0u);
  EXPECT_EQ(v, 4);
  EXPECT_TRUE(ok);
  EXPECT_EQ(select(on_recv(c, v, ok), otherwise), 1u);
  EXPECT_EQ(select(otherwise, on_send(c, 6)), 1u);
  EXPECT_EQ(select(otherwise, on_recv(c, v)), 1u);
  EXPECT_EQ(v, 6);
  close(c);
  EXPECT_EQ(select(on_recv(c, v, ok), otherwise), 0u);
  EXPECT_EQ(v, 0);
  EXPECT_FALSE(ok);
  ok = true;
  EXPECT_EQ(select(on_recv(c, v, ok)), 0u);
  EXPECT_FALSE(ok);
}

TEST_P(Select, SendsAndConverts) {
  auto a = make_chan<double>(1);
  auto b = make_chan<std::string>(1);
  bool sent[2] = {};
  for (int i = 0; i < 2; i++) sent[select(on_send(a, 3), on_send(b, "literal"))] = true;
  EXPECT_TRUE(sent[0] && sent[1]);
  EXPECT_EQ(a.recv(), 3.0);
  EXPECT_EQ(b.recv(), "literal");
}

TEST_P(Select, BlocksUntilOneIsPossible) {
  for (int capacity : {0, 1}) {
    auto a = make_chan<int>(capacity);
    auto b = make_chan<int>(capacity);
    std::atomic<int> chosen = -1;
    int v = 0, w = 0;
    WaitGroup wg;
    wg.go([&] { chosen = static_cast<int>(select(on_recv(a, v), on_recv(b, w))); });
    settle();
    EXPECT_EQ(chosen, -1);
    b << 8;
    wg.wait();
    EXPECT_EQ(chosen, 1);
    EXPECT_EQ(v, 0);
    EXPECT_EQ(w, 8);
    // Nothing of the select is left at the other channel.
    EXPECT_EQ(a.try_send(1), capacity == 1);
  }
}

TEST_P(Select, BlockedSendIsReceived) {
  auto a = make_chan<int>();
  auto b = make_chan<int>();
  WaitGroup wg;
  std::atomic<int> chosen = -1;
  wg.go([&] { chosen = static_cast<int>(select(on_send(a, 1), on_send(b, 2))); });
  settle();
  EXPECT_EQ(b.recv(), 2);
  wg.wait();
  EXPECT_EQ(chosen, 1);
  EXPECT_FALSE(a.try_recv().has_value());
}

TEST_P(Select, ChoosesAtRandom) {
  auto a = make_chan<int>(1000);
  auto b = make_chan<int>(1000);
  for (int i = 0; i < 1000; i++) {
    a << i;
    b << i;
  }
  int count[2] = {};
  for (int i = 0; i < 1000; i++) count[select(on_recv(a), on_recv(b))]++;
  // Binomial with n = 1000, p = 1/2: beyond 350 is ten standard deviations away.
  EXPECT_GT(count[0], 350);
  EXPECT_GT(count[1], 350);
}

TEST_P(Select, NilChannelsAreNeverChosen) {
  chan<int> none;
  auto c = make_chan<int>(2);
  int v = 7;
  for (int i = 0; i < 20; i++) {
    EXPECT_EQ(select(on_recv(none, v), on_send(none, 1), otherwise), 2u);
    c << i;
    EXPECT_EQ(select(on_recv(none), on_recv(c, v), on_send(none, 3)), 1u);
    EXPECT_EQ(v, i);
  }
}

TEST_P(Select, AllNilBlocksForEver) {
  std::atomic<int> started = 0, passed = 0;
  go([&] {
    chan<int> none;
    started++;
    passed += static_cast<int>(select(on_recv(none), on_send(none, 1)));
    passed++;
  });
  go([&] {
    started++;
    select();
  });
  wait_until([&] { return started == 2; });
  settle();
  EXPECT_EQ(passed, 0);
}

TEST_P(Select, ClosedChannelIsAlwaysReady) {
  auto a = make_chan<int>();
  auto b = make_chan<int>();
  close(b);
  int v = 3;
  bool ok = true;
  EXPECT_EQ(select(on_recv(a), on_recv(b, v, ok)), 1u);
  EXPECT_EQ(v, 0);
  EXPECT_FALSE(ok);
}

TEST_P(Select, CloseWakesABlockedReceive) {
  auto a = make_chan<std::string>();
  auto b = make_chan<std::string>();
  std::string s = "old";
  bool ok = true;
  WaitGroup wg;
  wg.go([&] { EXPECT_EQ(select(on_recv(a), on_recv(b, s, ok)), 1u); });
  settle();
  close(b);
  wg.wait();
  EXPECT_EQ(s, "");
  EXPECT_FALSE(ok);
}

TEST_P(Select, SendOnClosedPanics) {
  auto open = make_chan<int>();
  auto closed = make_chan<int>();
  close(closed);
  EXPECT_EQ(panic_of([&] { (void)select(on_recv(open), on_send(closed, 1)); }), "send on closed channel");
  EXPECT_EQ(panic_of([&] { (void)select(on_recv(open), on_send(closed, 1), otherwise); }), "send on closed channel");
  EXPECT_EQ(panic_of([&] { (void)select(on_send(closed, 1), otherwise); }), "send on closed channel");
  // The locks were given back.
  EXPECT_FALSE(open.try_send(1));
  EXPECT_FALSE(closed.recv_ok().ok);
}

TEST_P(Select, CloseMakesABlockedSendPanic) {
  auto a = make_chan<int>();
  auto b = make_chan<int>();
  std::string text;
  WaitGroup wg;
  wg.go([&] { text = panic_of([&] { (void)select(on_recv(a), on_send(b, 1)); }); });
  settle();
  close(b);
  wg.wait();
  EXPECT_EQ(text, "send on closed channel");
  EXPECT_FALSE(a.try_send(1));
}

TEST_P(Select, BothDirectionsOfOneChannel) {
  auto c = make_chan<int>();
  WaitGroup wg;
  int v = 0;
  wg.go([&] {
    // It must not meet itself.
    EXPECT_EQ(select(on_recv(c, v), on_send(c, 1)), 0u);
  });
  settle();
  c << 9;
  wg.wait();
  EXPECT_EQ(v, 9);
}

TEST_P(Select, SameChannelManyTimes) {
  auto c = make_chan<int>();
  int v[3] = {};
  size_t chosen = 9;
  WaitGroup wg;
  wg.go([&] { chosen = select(on_recv(c, v[0]), on_recv(c, v[1]), on_recv(c, v[2])); });
  c << 4;
  wg.wait();
  ASSERT_LT(chosen, 3u);
  EXPECT_EQ(v[chosen], 4);
  EXPECT_EQ(v[0] + v[1] + v[2], 4);
  EXPECT_FALSE(c.try_send(1));
}

TEST_P(Select, TwoSelectsMeet) {
  for (int round = 0; round < 300; round++) {
    auto a = make_chan<int>();
    auto b = make_chan<int>();
    WaitGroup wg;
    size_t sender = 9, receiver = 8;
    int v = 0, w = 0;
    wg.go([&] { sender = select(on_send(a, 1), on_send(b, 2)); });
    wg.go([&] { receiver = select(on_recv(a, v), on_recv(b, w)); });
    wg.wait();
    ASSERT_EQ(sender, receiver);
    ASSERT_EQ(v + w, static_cast<int>(sender) + 1);
  }
}

TEST_P(Select, MoveOnlyElements) {
  auto c = make_chan<std::unique_ptr<int>>();
  auto other = make_chan<int>(1);
  WaitGroup wg;
  wg.go([&] {
    auto p = std::make_unique<int>(6);
    EXPECT_EQ(select(on_recv(other), on_send(c, std::move(p))), 1u);
    EXPECT_EQ(p, nullptr);
  });
  std::unique_ptr<int> q;
  EXPECT_EQ(select(on_recv(c, q), on_recv(other)), 0u);
  EXPECT_EQ(*q, 6);
  wg.wait();
}

TEST_P(Select, ValueOfACaseThatIsNotChosenComesBack) {
  auto full = make_chan<std::unique_ptr<int>>(1);
  full << nullptr;
  auto ready = make_chan<int>(1);
  ready << 1;
  auto p = std::make_unique<int>(3);
  EXPECT_EQ(select(on_send(full, std::move(p)), on_recv(ready)), 1u);
  ASSERT_NE(p, nullptr);
  EXPECT_EQ(select(on_send(full, std::move(p)), otherwise), 1u);
  ASSERT_NE(p, nullptr);
  EXPECT_EQ(*p, 3);
}

TEST_P(Select, ElementsWithoutDefaultConstructor) {
  struct NoDefault {
    explicit NoDefault(int) {}
  };
  auto c = make_chan<NoDefault>(1);
  EXPECT_EQ(select(on_send(c, NoDefault(1)), on_recv(c)), 0u);
  EXPECT_EQ(select(on_recv(c), otherwise), 0u);
}

TEST_P(Select, DirectionsAndTemporaries) {
  auto c = make_chan<int>(1);
  recv_chan<int> in = c;
  send_chan<int> out = c;
  int v = 0;
  EXPECT_EQ(select(on_recv(in, v), on_send(out, 2)), 1u);
  EXPECT_EQ(select(on_recv([&] { return recv_chan<int>(c); }(), v), on_send(out, 2)), 0u);
  EXPECT_EQ(v, 2);
}

TEST_P(Select, BreakAndContinueMeanWhatTheyMeanInGo) {
  auto numbers = make_chan<int>();
  auto quit = make_chan<int>();
  go([=] {
    for (int i = 0; i < 10; i++) numbers << i;
    close(quit);
  });
  int sum = 0;
  int v = 0;
  for (bool running = true; running;) {
    switch (select(on_recv(numbers, v), on_recv(quit))) {
      case 0:
        if (v % 2 == 0) continue;
        sum += v;
        break;
      case 1:
        running = false;
        break;
    }
  }
  EXPECT_EQ(sum, 25);
}

TEST_P(Select, ListMadeAtRunTime) {
  constexpr int kChannels = 50;  // more than fit on the stack
  std::vector<chan<int>> channels;
  std::vector<select_case> cases;
  std::vector<int> values(kChannels, -1);
  for (int i = 0; i < kChannels; i++) {
    channels.push_back(make_chan<int>());
    cases.push_back(on_recv(channels.back(), values[static_cast<size_t>(i)]));
  }
  WaitGroup wg;
  for (int i = 0; i < kChannels; i++) wg.go([&, i] { channels[static_cast<size_t>(i)] << 100 + i; });
  std::vector<bool> seen(kChannels);
  for (int i = 0; i < kChannels; i++) {
    const size_t k = select(cases);
    EXPECT_FALSE(seen[k]);
    seen[k] = true;
    EXPECT_EQ(values[k], 100 + static_cast<int>(k));
  }
  wg.wait();
  cases.push_back(otherwise);
  EXPECT_EQ(select(cases), static_cast<size_t>(kChannels));
}

TEST_P(Select, ListOwnsItsChannels) {
  std::vector<select_case> cases;
  auto c = make_chan<std::string>(2);
  cases.push_back(on_send(c, std::string(50, 'x')));
  cases.push_back(on_recv(make_chan<int>()));
  EXPECT_EQ(select(cases), 0u);
  EXPECT_EQ(select(cases), 0u);  // the value is copied each time
  EXPECT_EQ(c.recv(), std::string(50, 'x'));
  EXPECT_EQ(c.recv(), std::string(50, 'x'));
}

TEST_P(Select, NoElementIsLostOrDoubled) {
  for (int capacity : {0, 1, 5}) {
    chan<int> c[3];
    for (auto& one : c) one = make_chan<int>(capacity);
    auto quit = make_chan<int>();
    std::atomic<long> sent = 0, received = 0;
    WaitGroup senders, receivers;
    for (int g = 0; g < 5; g++) {
      senders.go([&, g] {
        for (int i = 0; i < 300; i++) {
          const int v = g * 1000 + i;
          (void)select(on_send(c[0], v), on_send(c[1], v), on_send(c[2], v));
          sent += v;
        }
      });
      receivers.go([&] {
        int v = 0;
        while (select(on_recv(c[2], v), on_recv(c[0], v), on_recv(quit), on_recv(c[1], v)) != 2) received += v;
        while (select(on_recv(c[2], v), on_recv(c[0], v), on_recv(c[1], v), otherwise) != 3) received += v;
      });
    }
    senders.wait();
    close(quit);
    receivers.wait();
    EXPECT_EQ(sent, received);
  }
}

TEST_P(Select, PlainOperationsMeetSelects) {
  auto a = make_chan<int>();
  auto b = make_chan<int>();
  WaitGroup wg;
  long sum = 0;
  wg.go([&] {
    for (int i = 0; i < 1000; i++) a << 1;
  });
  wg.go([&] {
    for (int i = 0; i < 1000; i++) b << 2;
  });
  for (int i = 0; i < 2000; i++) {
    int v = 0;
    (void)select(on_recv(a, v), on_recv(b, v));
    sum += v;
  }
  wg.wait();
  EXPECT_EQ(sum, 3000);
}

TEST_P(Select, OppositeOrdersDoNotDeadlock) {
  auto a = make_chan<int>();
  auto b = make_chan<int>();
  WaitGroup wg;
  for (int g = 0; g < 2; g++) {
    wg.go([&, g] {
      for (int i = 0; i < 2000; i++) {
        if (g == 0) {
          (void)select(on_send(a, 1), on_recv(b));
        } else {
          (void)select(on_send(b, 1), on_recv(a));
        }
      }
    });
  }
  wg.wait();
}

}  // namespace
}  // namespace baton::test
