// SPDX-License-Identifier: Apache-2.0
//
// go(): what it takes, in which order goroutines run with one processor, and that none is lost with many.
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "runtime/src/core.h"
#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

std::vector<std::string>& initial_log() {
  static std::vector<std::string> log;
  return log;
}

[[maybe_unused]] const bool started_early = [] {
  go([] { initial_log().push_back("goroutine of a static initialiser"); });
  initial_log().push_back("static initialiser");
  return true;
}();

TEST(GoTest, StaticInitialisersMayStartGoroutines) {
  wait_until([] { return initial_log().size() == 2; });
  EXPECT_EQ(initial_log()[0], "static initialiser");
  EXPECT_EQ(initial_log()[1], "goroutine of a static initialiser");
}

struct Object {
  int value = 0;
  void set(int v) { value = v; }
};

void increment(int& x) { x++; }

// Tells which goroutine converts it.
struct Convertible {
  uint64_t* by;
  operator std::string() const {
    *by = rt::current()->id;
    return "converted";
  }
};

TEST(GoTest, TakesWhatStdThreadTakes) {
  Object object;
  go(&Object::set, &object, 7);
  int x = 1;
  go(increment, std::ref(x));
  auto owned = std::make_unique<int>(5);
  int from_unique = 0;
  go([](std::unique_ptr<int> p, int* out) { *out = *p; }, std::move(owned), &from_unique);
  int from_closure = 0;
  go([p = std::make_unique<int>(6), &from_closure]() mutable { from_closure = *p; });
  uint64_t by = 0;
  std::string seen;
  go([&seen](const std::string& s) { seen = s; }, Convertible{&by});
  settle();
  EXPECT_EQ(object.value, 7);
  EXPECT_EQ(x, 2);
  EXPECT_EQ(from_unique, 5);
  EXPECT_EQ(from_closure, 6);
  EXPECT_EQ(owned, nullptr);
  EXPECT_EQ(seen, "converted");
  EXPECT_NE(by, 0u);
  EXPECT_NE(by, rt::current()->id);  // decayed here, converted by the new goroutine, as with std::thread
}

struct Tracker {
  std::atomic<int>* alive;
  explicit Tracker(std::atomic<int>* n) : alive(n) { ++*alive; }
  Tracker(const Tracker& other) : alive(other.alive) { ++*alive; }
  ~Tracker() { --*alive; }
};

TEST(GoTest, ArgumentsAreDestroyedWhenTheGoroutineEnds) {
  std::atomic<int> alive = 0;
  auto gate = make_chan<int>();
  {
    Tracker tracker(&alive);
    go([gate](const Tracker&) { gate.recv(); }, tracker);
    go([gate, tracker] { gate.recv(); });
    go([gate, tracker] {
      gate.recv();
      goexit();
    });
    settle();
    EXPECT_EQ(alive, 4);
  }
  EXPECT_EQ(alive, 3);
  close(gate);
  settle();
  EXPECT_EQ(alive, 0);
}

TEST(GoTest, WithOneProcessorTheLastCreatedRunsFirst) {
  gomaxprocs(1);
  EXPECT_TRUE(gives(std::vector<int>{5, 1, 2, 3, 4}, [] {
    std::vector<int> order;
    WaitGroup wg;
    for (int i = 1; i <= 5; i++) wg.go([i, &order] { order.push_back(i); });
    wg.wait();
    return order;
  }));
}

TEST(GoTest, WithOneProcessorYieldingGoroutinesTakeTurns) {
  gomaxprocs(1);
  EXPECT_TRUE(gives(std::vector<int>{3, 1, 2, 3, 1, 2, 3, 1, 2}, [] {
    gosched();
    rt::current_m()->p->tick = 1;  // as at the start of main: every 61st slice looks at the global queue first
    std::vector<int> order;
    WaitGroup wg;
    for (int i = 1; i <= 3; i++) {
      wg.go([i, &order] {
        for (int round = 0; round < 3; round++) {
          order.push_back(i);
          gosched();
        }
      });
    }
    wg.wait();
    return order;
  }));
}

TEST(GoTest, GoroutinesThatFillAProcessorsQueueDoNotStarveTheGlobalQueue) {
  gomaxprocs(1);
  int rounds = 0;
  bool stop = false;
  WaitGroup wg;
  for (int i = 0; i < 2; i++) {
    wg.go([&] {
      while (!stop && ++rounds < 100'000) rt::yield_local();
    });
  }
  gosched();
  stop = true;
  EXPECT_LT(rounds, 1000);
  wg.wait();
}

// Each runs on in the other's time slice: that the monitor ends it is what lets a third one run. This file has no
// polls.
TEST(GoTest, APairThatKeepsReadyingEachOtherDoesNotStarveOthers) {
  gomaxprocs(1);
  alarm(30);
  auto there = make_chan<int>();
  auto back = make_chan<int>();
  go([=] {
    for (const int v : there) back << v;
  });
  std::atomic<bool> stop{false};
  WaitGroup wg;
  wg.go([&] {
    gosched();  // until the other one waits, so that it is next in line when it is readied
    go([&] { stop = true; });
    while (!stop) {
      there << 1;
      back.recv();
    }
    close(there);
  });
  wg.wait();
  alarm(0);
}

TEST(GoTest, NumbersAreDense) {
  gomaxprocs(1);
  std::vector<uint64_t> ids;
  WaitGroup wg;
  for (int i = 0; i < 3; i++) wg.go([&ids] { ids.push_back(rt::current()->id); });
  wg.wait();
  ASSERT_EQ(ids.size(), 3u);
  std::sort(ids.begin(), ids.end());  // who runs first is not the matter here
  EXPECT_EQ(ids[0] + 1, ids[1]);
  EXPECT_EQ(ids[1] + 1, ids[2]);
  EXPECT_EQ(rt::current()->id, 1u);
}

TEST(GoTest, NumGoroutineCountsTheLiving) {
  gomaxprocs(1);
  settle();
  const int before = num_goroutine();
  auto gate = make_chan<int>();
  for (int i = 0; i < 10; i++) go([=] { gate.recv(); });
  EXPECT_EQ(num_goroutine(), before + 10);
  settle();
  EXPECT_EQ(num_goroutine(), before + 10);
  close(gate);
  settle();
  EXPECT_EQ(num_goroutine(), before);
}

class ManyTest : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(ManyTest);

TEST_P(ManyTest, AHundredThousandShortOnes) {
  std::atomic<int> finished{0};
  WaitGroup wg;
  for (int i = 0; i < 100'000; i++) wg.go([&] { finished.fetch_add(1, std::memory_order_relaxed); });
  wg.wait();
  EXPECT_EQ(finished, 100'000);
}

TEST_P(ManyTest, TenThousandParkedAtOnce) {
  auto gate = make_chan<int>();
  std::atomic<int> finished{0};
  WaitGroup wg;
  for (int i = 0; i < 10'000; i++) {
    wg.go([&, gate] {
      gate.recv();
      finished++;
    });
  }
  settle();
  close(gate);
  wg.wait();
  EXPECT_EQ(finished, 10'000);
}

// One goroutine per call, each waiting for its children: work spreads only by stealing.
void tree(int depth, std::atomic<int>* leaves) {
  if (depth == 0) {
    leaves->fetch_add(1, std::memory_order_relaxed);
    return;
  }
  WaitGroup wg;
  for (int i = 0; i < 2; i++) wg.go([=] { tree(depth - 1, leaves); });
  wg.wait();
}

TEST_P(ManyTest, ATreeOfGoroutinesComesBackWhole) {
  for (int round = 0; round < 5; round++) {
    std::atomic<int> leaves{0};
    tree(12, &leaves);
    ASSERT_EQ(leaves, 1 << 12);
  }
}

TEST_P(ManyTest, EachMayStartOthersAndEnd) {
  std::atomic<int> finished{0};
  WaitGroup wg;
  struct Chain {
    static void link(int left, std::atomic<int>* finished, WaitGroup* wg) {
      finished->fetch_add(1);
      if (left > 0) {
        wg->add(1);
        go(&Chain::link, left - 1, finished, wg);
      }
      wg->done();
    }
  };
  wg.add(8);
  for (int i = 0; i < 8; i++) go(&Chain::link, 2000, &finished, &wg);
  wg.wait();
  EXPECT_EQ(finished, 8 * 2001);
}

}  // namespace
}  // namespace baton::test
