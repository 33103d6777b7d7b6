// SPDX-License-Identifier: Apache-2.0
//
// Cond: who is woken, in which order, and that no signal is lost.
#include <deque>
#include <mutex>
#include <vector>

#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

class CondTest : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(CondTest);

static_assert(!std::is_copy_constructible_v<Cond> && !std::is_move_constructible_v<Cond>);

TEST_P(CondTest, SignalWakesOneAtATime) {
  constexpr int kGoroutines = 10;
  Mutex mu;
  Cond cond(mu);
  int running = 0, awake = 0;
  WaitGroup wg;
  for (int g = 0; g < kGoroutines; g++) {
    wg.go([&] {
      std::scoped_lock lock(mu);
      running++;
      cond.wait();
      awake++;
    });
  }
  wait_until([&] {
    std::scoped_lock lock(mu);
    return running == kGoroutines;
  });
  settle();
  EXPECT_EQ(awake, 0);
  for (int n = 1; n <= kGoroutines; n++) {
    cond.signal();
    wait_until([&] {
      std::scoped_lock lock(mu);
      return awake == n;
    });
    settle();
    std::scoped_lock lock(mu);
    EXPECT_EQ(awake, n);
  }
  cond.signal();
  wg.wait();
}

TEST_P(CondTest, SignalWakesInOrder) {
  Mutex mu;
  Cond cond(mu);
  std::vector<int> order;
  WaitGroup wg;
  for (int g = 0; g < 5; g++) {
    std::atomic<bool> waits = false;
    wg.go([&mu, &cond, &order, &waits, g] {
      std::scoped_lock lock(mu);
      waits = true;
      cond.wait();
      order.push_back(g);
    });
    // Whoever gets the mutex after this comes behind it in the queue.
    wait_until([&] {
      std::scoped_lock lock(mu);
      return waits.load();
    });
  }
  for (size_t n = 1; n <= 5; n++) {
    cond.signal();
    wait_until([&] {
      std::scoped_lock lock(mu);
      return order.size() == n;
    });
  }
  wg.wait();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST_P(CondTest, BroadcastWakesAll) {
  Mutex mu;
  Cond cond(mu);
  bool open = false;
  int waiting = 0;
  WaitGroup wg;
  for (int g = 0; g < 50; g++) {
    wg.go([&] {
      std::unique_lock lock(mu);
      waiting++;
      while (!open) cond.wait();
    });
  }
  wait_until([&] {
    std::scoped_lock lock(mu);
    return waiting == 50;
  });
  {
    std::scoped_lock lock(mu);
    open = true;
    cond.broadcast();
  }
  wg.wait();
}

TEST_P(CondTest, NobodyWaits) {
  Mutex mu;
  Cond cond(mu);
  cond.signal();
  cond.broadcast();
  EXPECT_TRUE(mu.try_lock());
  mu.unlock();
}

TEST_P(CondTest, BoundedQueue) {
  Mutex mu;
  Cond not_full(mu), not_empty(mu);
  std::deque<int> queue;
  long sum = 0;
  WaitGroup wg;
  for (int g = 0; g < 4; g++) {
    wg.go([&] {
      for (int i = 1; i <= 500; i++) {
        std::scoped_lock lock(mu);
        while (queue.size() == 3) not_full.wait();
        queue.push_back(i);
        not_empty.signal();
      }
    });
    wg.go([&] {
      for (int i = 1; i <= 500; i++) {
        std::scoped_lock lock(mu);
        while (queue.empty()) not_empty.wait();
        sum += queue.front();
        queue.pop_front();
        not_full.signal();
      }
    });
  }
  wg.wait();
  EXPECT_EQ(sum, 4L * 500 * 501 / 2);
}

TEST_P(CondTest, BroadcastsAndWaitsInTurn) {
  Mutex mu;
  Cond cond(mu);
  int turn = 0;
  WaitGroup wg;
  for (int g = 0; g < 3; g++) {
    wg.go([&, g] {
      for (int i = 0; i < 300; i++) {
        std::scoped_lock lock(mu);
        while (turn % 3 != g) cond.wait();
        turn++;
        cond.broadcast();
      }
    });
  }
  wg.wait();
  EXPECT_EQ(turn, 900);
}

TEST_P(CondTest, WithOtherLocks) {
  RWMutex rw;
  Cond cond(rw);
  std::unique_lock lock(rw, std::defer_lock);
  Cond through_lock(lock);
  bool ready = false;
  WaitGroup wg;
  wg.go([&] {
    std::scoped_lock guard(rw);
    ready = true;
    cond.broadcast();
    through_lock.signal();
  });
  lock.lock();
  while (!ready) through_lock.wait();
  lock.unlock();
  wg.wait();
}

}  // namespace
}  // namespace baton::test
