// SPDX-License-Identifier: Apache-2.0
//
// RWMutex: readers together, writers alone, and writers are not starved. That unlocking an unlocked one ends the
// process is tested in test/lit/api.
#include <vector>

#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

class RWMutexTest : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(RWMutexTest);

constinit RWMutex global;
static_assert(!std::is_copy_constructible_v<RWMutex> && !std::is_move_constructible_v<RWMutex>);

TEST_P(RWMutexTest, ReadersReadTogether) {
  RWMutex rw;
  std::atomic<int> inside = 0;
  WaitGroup wg;
  for (int i = 0; i < 10; i++) {
    wg.go([&] {
      rw.rlock();
      inside++;
      wait_until([&] { return inside == 10; });
      rw.runlock();
    });
  }
  wg.wait();
}

TEST_P(RWMutexTest, ReadersAndWritersExcludeEachOther) {
  std::atomic<int> activity = 0;  // readers count 1, a writer 10000
  WaitGroup wg;
  for (int g = 0; g < 10; g++) {
    wg.go([&] {
      for (int i = 0; i < 200; i++) {
        global.rlock();
        EXPECT_LT(++activity, 10000);
        if (i % 7 == 0) gosched();
        activity--;
        global.runlock();
      }
    });
  }
  for (int g = 0; g < 3; g++) {
    wg.go([&] {
      for (int i = 0; i < 100; i++) {
        global.lock();
        EXPECT_EQ(activity += 10000, 10000);
        if (i % 5 == 0) gosched();
        activity -= 10000;
        global.unlock();
      }
    });
  }
  wg.wait();
  EXPECT_EQ(activity, 0);
}

TEST_P(RWMutexTest, WaitingWriterKeepsNewReadersOut) {
  RWMutex rw;
  std::atomic<int> order = 0;
  int writer = 0, reader = 0;
  WaitGroup wg;
  rw.rlock();
  wg.go([&] {
    rw.lock();
    writer = ++order;
    rw.unlock();
  });
  wait_until([&] {
    if (!rw.try_rlock()) return true;
    rw.runlock();
    return false;
  });
  wg.go([&] {
    rw.rlock();
    reader = ++order;
    rw.runlock();
  });
  settle();
  EXPECT_EQ(order, 0);
  rw.runlock();
  wg.wait();
  EXPECT_EQ(writer, 1);
  EXPECT_EQ(reader, 2);
}

TEST_P(RWMutexTest, TryLock) {
  RWMutex rw;
  EXPECT_TRUE(rw.try_lock());
  EXPECT_FALSE(rw.try_lock());
  EXPECT_FALSE(rw.try_rlock());
  rw.unlock();
  EXPECT_TRUE(rw.try_rlock());
  EXPECT_TRUE(rw.try_rlock());
  EXPECT_FALSE(rw.try_lock());
  rw.runlock();
  rw.runlock();
  EXPECT_TRUE(rw.try_lock());
  rw.unlock();
}

TEST_P(RWMutexTest, StandardLocks) {
  RWMutex rw;
  {
    std::shared_lock one(rw);
    std::shared_lock two(rw, std::try_to_lock);
    EXPECT_TRUE(two.owns_lock());
    EXPECT_FALSE(rw.try_lock());
  }
  {
    std::unique_lock lock(rw);
    EXPECT_FALSE(rw.try_lock_shared());
  }
  std::scoped_lock lock(rw);
  EXPECT_FALSE(rw.try_rlock());
}

TEST_P(RWMutexTest, AnotherGoroutineMayUnlock) {
  RWMutex rw;
  WaitGroup wg;  // unlock() lets others in before it has returned, and `rw` may not end before that
  rw.rlock();
  wg.go([&] { rw.runlock(); });
  rw.lock();
  wg.go([&] { rw.unlock(); });
  rw.rlock();
  rw.runlock();
  wg.wait();
}

TEST_P(RWMutexTest, WritersTakeTurns) {
  RWMutex rw;
  int counter = 0;
  WaitGroup wg;
  for (int g = 0; g < 8; g++) {
    wg.go([&] {
      for (int i = 0; i < 500; i++) {
        std::scoped_lock lock(rw);
        counter++;
      }
    });
  }
  wg.wait();
  EXPECT_EQ(counter, 4000);
}

}  // namespace
}  // namespace baton::test
