// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "runtime/src/sched.h"
#include "runtime/src/timer.h"
#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

class GomaxprocsTest : public testing::Test {
 protected:
  void SetUp() override { alarm(60); }
  void TearDown() override { alarm(0); }
};

TEST_F(GomaxprocsTest, ReturnsThePreviousNumberAndOnlyAsksBelowOne) {
  gomaxprocs(3);
  EXPECT_EQ(gomaxprocs(5), 3);
  EXPECT_EQ(gomaxprocs(0), 5);
  EXPECT_EQ(gomaxprocs(-1), 5);
  EXPECT_EQ(gomaxprocs(1'000'000), 5);
  EXPECT_EQ(gomaxprocs(1), 1024);
  EXPECT_EQ(gomaxprocs(0), 1);
}

TEST_F(GomaxprocsTest, ChangesWhileGoroutinesRun) {
  std::atomic<bool> stop{false};
  std::atomic<int> switches{0};
  WaitGroup wg;
  for (int i = 0; i < 20; i++) {
    wg.go([&, i] {
      while (!stop) {
        switches++;
        gosched();
        if (i % 4 == 0) rt::sleep_until(rt::nanotime() + 1000);
      }
    });
  }
  for (int round = 0; round < 200; round++) {
    const int n = 1 + (round * 5) % 9;
    gomaxprocs(n);
    ASSERT_EQ(gomaxprocs(0), n);
    gosched();
  }
  stop = true;
  wg.wait();
  EXPECT_GT(switches, 0);
}

TEST_F(GomaxprocsTest, ManyMayChangeItAtTheSameTime) {
  WaitGroup wg;
  for (int i = 1; i <= 8; i++) {
    wg.go([i] {
      for (int round = 0; round < 50; round++) {
        gomaxprocs(i);
        gosched();
      }
    });
  }
  wg.wait();
  EXPECT_GE(gomaxprocs(0), 1);
  EXPECT_LE(gomaxprocs(1), 8);
}

TEST_F(GomaxprocsTest, TimersOfRetiredProcessorsFire) {
  for (int round = 0; round < 20; round++) {
    gomaxprocs(8);
    WaitGroup wg;
    for (int i = 0; i < 50; i++) {
      wg.go([] { rt::sleep_until(rt::nanotime() + 1'000'000); });
    }
    settle();
    gomaxprocs(1);
    wg.wait();
  }
}

}  // namespace
}  // namespace baton::test
