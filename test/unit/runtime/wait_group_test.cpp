// SPDX-License-Identifier: Apache-2.0
//
// WaitGroup: who waits for whom, reuse, and the texts of misuse.
#include <memory>

#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

class WaitGroupTest : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(WaitGroupTest);

constinit WaitGroup global;
static_assert(!std::is_copy_constructible_v<WaitGroup> && !std::is_move_constructible_v<WaitGroup>);
static_assert(std::is_trivially_destructible_v<WaitGroup>);

TEST_P(WaitGroupTest, WaitWithoutAddReturnsAtOnce) {
  WaitGroup wg;
  wg.wait();
  wg.wait();
}

TEST_P(WaitGroupTest, WaitsForAll) {
  WaitGroup wg;
  std::atomic<int> finished = 0;
  wg.add(50);
  for (int i = 0; i < 50; i++) {
    go([&] {
      defer(wg.done());
      gosched();
      finished++;
    });
  }
  wg.wait();
  EXPECT_EQ(finished, 50);
}

TEST_P(WaitGroupTest, WaitBlocksUntilTheLastDone) {
  WaitGroup wg;
  std::atomic<bool> returned = false;
  auto finished = make_chan<int>();
  wg.add(2);
  go([&] {
    wg.wait();
    returned = true;
    finished << 1;
  });
  settle();
  wg.done();
  settle();
  EXPECT_FALSE(returned);
  wg.done();
  finished.recv();
  EXPECT_TRUE(returned);
}

TEST_P(WaitGroupTest, AllWaitersAreWoken) {
  WaitGroup wg;
  auto woken = make_chan<int>();
  wg.add(1);
  for (int i = 0; i < 20; i++) {
    go([&] {
      wg.wait();
      woken << 1;
    });
  }
  settle();
  wg.done();
  for (int i = 0; i < 20; i++) woken.recv();
}

TEST_P(WaitGroupTest, CanBeUsedAgain) {
  int sum = 0;
  for (int round = 0; round < 500; round++) {
    global.add(3);
    Mutex mu;
    for (int i = 0; i < 3; i++) {
      go([&] {
        defer(global.done());
        std::scoped_lock lock(mu);
        sum++;
      });
    }
    global.wait();
    ASSERT_EQ(sum, 3 * (round + 1));
  }
}

TEST_P(WaitGroupTest, AddMayGoUpAndDown) {
  WaitGroup wg;
  wg.add(5);
  wg.add(-3);
  wg.done();
  wg.done();
  wg.wait();
}

TEST_P(WaitGroupTest, GoroutinesMayAddWhileTheyCount) {
  WaitGroup wg;
  std::atomic<int> leaves = 0;
  struct Tree {
    static void grow(WaitGroup& wg, std::atomic<int>& leaves, int depth) {
      defer(wg.done());
      if (depth == 0) {
        leaves++;
        return;
      }
      wg.add(2);
      go([&, depth] { grow(wg, leaves, depth - 1); });
      go([&, depth] { grow(wg, leaves, depth - 1); });
    }
  };
  wg.add(1);
  go([&] { Tree::grow(wg, leaves, 8); });
  wg.wait();
  EXPECT_EQ(leaves, 256);
}

TEST_P(WaitGroupTest, NegativeCounterPanics) {
  WaitGroup a;
  EXPECT_EQ(panic_of([&] { a.done(); }), "sync: negative WaitGroup counter");
  WaitGroup b;
  b.add(1);
  EXPECT_EQ(panic_of([&] { b.add(-2); }), "sync: negative WaitGroup counter");
}

TEST_P(WaitGroupTest, DeferredDoneThatPanicsCanBeCaught) {
  WaitGroup wg;
  EXPECT_EQ(panic_of([&] { defer(wg.done()); }), "sync: negative WaitGroup counter");
}

TEST_P(WaitGroupTest, GoCountsTheGoroutine) {
  WaitGroup wg;
  std::atomic<int> ran = 0;
  for (int i = 0; i < 10; i++) wg.go([&] { ran++; });
  auto owned = std::make_unique<int>(5);
  wg.go([&ran, p = std::move(owned)] { ran += *p; });
  wg.wait();
  EXPECT_EQ(ran, 15);
}

TEST_P(WaitGroupTest, MayBeFreedWhenWaitReturns) {
  for (int round = 0; round < 500; round++) {
    auto wg = std::make_unique<WaitGroup>();
    wg->add(2);
    for (int i = 0; i < 2; i++) go([p = wg.get()] { p->done(); });
    wg->wait();
  }
}

TEST_P(WaitGroupTest, ReuseBeforeWaitersReturnedPanics) {
  gomaxprocs(1);  // so that the waiter does not run between done and add
  EXPECT_TRUE(gives(std::string("sync: WaitGroup is reused before previous Wait has returned"), [] {
    WaitGroup wg;
    auto text = make_chan<std::string>();
    wg.add(1);
    go([&] { text << panic_of([&] { wg.wait(); }); });
    settle();
    wg.done();
    wg.add(1);
    return text.recv();
  }));
}

}  // namespace
}  // namespace baton::test
