// SPDX-License-Identifier: Apache-2.0
#include "runtime/src/timer.h"

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <vector>

#include "runtime/src/sched.h"
#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

using rt::Timer;
using rt::TimerHeap;

struct Recorded {
  Timer timer;
  int id = 0;
  std::vector<int>* log = nullptr;
};

void record(void* arg, int64_t) {
  auto* recorded = static_cast<Recorded*>(arg);
  recorded->log->push_back(recorded->id);
}

TEST(TimerHeapTest, FiresInOrderOfTimeThenOfStart) {
  std::mt19937 random(7);
  TimerHeap heap;
  std::vector<int> log;
  std::vector<Recorded> timers(3000);
  std::multimap<int64_t, int> model;
  for (int i = 0; i < 3000; i++) {
    Recorded& one = timers[static_cast<size_t>(i)];
    one.id = i;
    one.log = &log;
    one.timer.when = 1 + static_cast<int64_t>(random() % 500);
    one.timer.fire = &record;
    one.timer.arg = &one;
    heap.insert(&one.timer);
    model.emplace(one.timer.when, i);
    EXPECT_EQ(heap.earliest(), model.begin()->first);
    if (random() % 3 == 0) {
      const int victim = static_cast<int>(random() % (static_cast<unsigned>(i) + 1));
      const auto at = std::find_if(model.begin(), model.end(), [&](auto& entry) { return entry.second == victim; });
      EXPECT_EQ(heap.remove(&timers[static_cast<size_t>(victim)].timer), at != model.end());
      if (at != model.end()) model.erase(at);
    }
  }
  std::vector<int> expected;
  for (int64_t now = 0; now <= 510; now += 10) {
    const bool due = !model.empty() && model.begin()->first <= now;
    EXPECT_EQ(heap.run(now), due);
    while (!model.empty() && model.begin()->first <= now) {
      expected.push_back(model.begin()->second);
      model.erase(model.begin());
    }
    ASSERT_EQ(log, expected);
  }
  EXPECT_EQ(heap.earliest(), 0);
}

TEST(TimerHeapTest, MovingKeepsEveryTimer) {
  TimerHeap from;
  TimerHeap to;
  std::vector<int> log;
  std::vector<Recorded> timers(100);
  for (int i = 0; i < 100; i++) {
    Recorded& one = timers[static_cast<size_t>(i)];
    one.id = i;
    one.log = &log;
    one.timer.when = i + 1;
    one.timer.fire = &record;
    one.timer.arg = &one;
    (i % 2 == 0 ? from : to).insert(&one.timer);
  }
  from.move_to(&to);
  EXPECT_EQ(from.earliest(), 0);
  EXPECT_EQ(to.earliest(), 1);
  EXPECT_TRUE(to.remove(&timers[50].timer));
  EXPECT_TRUE(to.run(100));
  EXPECT_EQ(log.size(), 99u);
  EXPECT_TRUE(std::is_sorted(log.begin(), log.end()));
}

class SleepUntilTest : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(SleepUntilTest);

TEST_P(SleepUntilTest, WakesNotBeforeItsTime) {
  const int64_t start = rt::nanotime();
  std::atomic<int> early{0};
  WaitGroup wg;
  for (int i = 0; i < 200; i++) {
    wg.go([i, start, &early] {
      const int64_t until = start + (i % 20) * 1'000'000;
      rt::sleep_until(until);
      if (rt::nanotime() < until) early++;
    });
  }
  wg.wait();
  EXPECT_EQ(early, 0);
}

TEST_P(SleepUntilTest, SleepersWakeInOrderWithOneProcessor) {
  gomaxprocs(1);
  std::vector<int> order;
  WaitGroup wg;
  const int64_t base = rt::nanotime() + 2'000'000;
  for (int i = 9; i >= 0; i--) {
    wg.go([i, base, &order] {
      rt::sleep_until(base + i);
      order.push_back(i);
    });
  }
  wg.wait();
  EXPECT_EQ(order.size(), 10u);
  // All are due by the time the first one runs, and fire in the order of their times; what fires last is next in line.
  std::vector<int> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(sorted, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

TEST_P(SleepUntilTest, AnEarlierTimerWakesTheThreadThatKeepsTheTime) {
  bool late_done = false;
  go([&] {
    rt::sleep_until(rt::nanotime() + int64_t{3600} * 1'000'000'000);
    late_done = true;
  });
  settle();
  for (int i = 0; i < 20; i++) rt::sleep_until(rt::nanotime() + 100'000);
  EXPECT_FALSE(late_done);
}

}  // namespace
}  // namespace baton::test
