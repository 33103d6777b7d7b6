// SPDX-License-Identifier: Apache-2.0
//
// Mutex: exclusion, hand-over to those who wait, starvation mode. That an unlock of an unlocked mutex ends the process
// is tested in test/lit/runtime.
#include <vector>

#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

class MutexTest : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(MutexTest);

constinit Mutex global;
static_assert(!std::is_copy_constructible_v<Mutex> && !std::is_move_constructible_v<Mutex>);
static_assert(sizeof(Mutex) == 8);

TEST_P(MutexTest, CounterUnderContention) {
  Mutex mu;
  int counter = 0;
  WaitGroup wg;
  for (int g = 0; g < 20; g++) {
    wg.go([&] {
      for (int i = 0; i < 1000; i++) {
        mu.lock();
        counter++;
        mu.unlock();
      }
    });
  }
  wg.wait();
  EXPECT_EQ(counter, 20000);
}

TEST_P(MutexTest, HolderMayYield) {
  int inside = 0;
  int rounds = 0;
  WaitGroup wg;
  for (int g = 0; g < 10; g++) {
    wg.go([&] {
      for (int i = 0; i < 50; i++) {
        std::scoped_lock lock(global);
        EXPECT_EQ(inside++, 0);
        gosched();
        inside--;
        rounds++;
      }
    });
  }
  wg.wait();
  EXPECT_EQ(rounds, 500);
}

TEST_P(MutexTest, LockBlocksUntilUnlock) {
  Mutex mu;
  std::atomic<bool> locked = false;
  mu.lock();
  WaitGroup wg;
  wg.go([&] {
    mu.lock();
    locked = true;
    mu.unlock();
  });
  settle();
  EXPECT_FALSE(locked);
  mu.unlock();
  wg.wait();
  EXPECT_TRUE(locked);
}

TEST_P(MutexTest, TryLock) {
  Mutex mu;
  EXPECT_TRUE(mu.try_lock());
  EXPECT_FALSE(mu.try_lock());
  mu.unlock();
  EXPECT_TRUE(mu.try_lock());
  mu.unlock();
  std::unique_lock<Mutex> lock(mu, std::try_to_lock);
  EXPECT_TRUE(lock.owns_lock());
}

TEST_P(MutexTest, TryLockExcludes) {
  Mutex mu;
  int counter = 0;
  std::atomic<int> expected = 0;
  WaitGroup wg;
  for (int g = 0; g < 8; g++) {
    wg.go([&] {
      for (int i = 0; i < 500; i++) {
        if (!mu.try_lock()) {
          gosched();
          continue;
        }
        counter++;
        mu.unlock();
        expected++;
      }
    });
  }
  wg.wait();
  EXPECT_EQ(counter, expected);
}

TEST_P(MutexTest, AnotherGoroutineMayUnlock) {
  Mutex mu;
  mu.lock();
  go([&] { mu.unlock(); });
  mu.lock();
  mu.unlock();
}

TEST_P(MutexTest, WaitersAreServedInOrderWhenTheyStarve) {
  gomaxprocs(1);  // so that the order in which they block is known
  Mutex mu;
  std::vector<int> order;
  WaitGroup wg;
  mu.lock();
  for (int i = 0; i < 5; i++) {
    wg.go([&, i] {
      mu.lock();
      order.push_back(i);
      mu.unlock();
    });
    settle();
  }
  sleep(3ms);  // more than a millisecond: all of them starve
  mu.unlock();
  wg.wait();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST_P(MutexTest, GreedyGoroutineDoesNotStarveOthers) {
  Mutex mu;
  std::atomic<bool> stop = false;
  WaitGroup greedy;
  greedy.go([&] {
    while (!stop) {
      mu.lock();
      sleep(100us);
      mu.unlock();
    }
  });
  for (int i = 0; i < 10; i++) {
    sleep(100us);
    mu.lock();
    mu.unlock();
  }
  stop = true;
  greedy.wait();
}

TEST_P(MutexTest, ManyMutexesShareTheTableOfWaiters) {
  constexpr int kMutexes = 600;  // more than there are buckets
  std::vector<Mutex> mutexes(kMutexes);
  std::vector<int> counters(kMutexes);
  WaitGroup wg;
  for (int g = 0; g < 8; g++) {
    wg.go([&, g] {
      for (int i = 0; i < kMutexes; i++) {
        const int k = (i * 7 + g * 13) % kMutexes;
        std::scoped_lock lock(mutexes[k]);
        int value = counters[k];
        gosched();
        counters[k] = value + 1;
      }
    });
  }
  wg.wait();
  for (int k = 0; k < kMutexes; k++) ASSERT_EQ(counters[k], 8) << k;
}

TEST_P(MutexTest, UnlocksWhenAPanicUnwinds) {
  Mutex mu;
  EXPECT_EQ(panic_of([&] {
              std::scoped_lock lock(mu);
              panic("inside");
            }),
            "inside");
  EXPECT_TRUE(mu.try_lock());
  mu.unlock();
}

}  // namespace
}  // namespace baton::test
