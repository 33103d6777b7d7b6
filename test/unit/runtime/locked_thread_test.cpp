// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

class LockedThread : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(LockedThread);

TEST_P(LockedThread, KeepsTheGoroutineOnItsThread) {
  WaitGroup wg;
  for (int i = 0; i < 5; i++) {
    wg.go([] {
      lock_os_thread();
      const pid_t thread = gettid();
      for (int k = 0; k < 200; k++) {
        gosched();
        ASSERT_EQ(gettid(), thread);
      }
      unlock_os_thread();
    });
    wg.go([] {
      for (int k = 0; k < 200; k++) gosched();
    });
  }
  wg.wait();
}

TEST_P(LockedThread, NobodyElseRunsThere) {
  std::atomic<pid_t> locked{0};
  std::atomic<bool> done{false};
  std::atomic<int> intruders{0};
  WaitGroup wg;
  wg.go([&] {
    lock_os_thread();
    locked = gettid();
    for (int k = 0; k < 300; k++) gosched();
    locked = 0;
    done = true;
  });
  for (int i = 0; i < 3; i++) {
    wg.go([&] {
      while (!done) {
        if (gettid() == locked) intruders++;
        gosched();
      }
    });
  }
  wg.wait();
  EXPECT_EQ(intruders, 0);
}

TEST_P(LockedThread, PassesItemsThroughChannels) {
  auto there = make_chan<int>();
  auto back = make_chan<int>();
  go([=] {
    lock_os_thread();
    for (const int v : there) back << v + 1;
    close(back);
  });
  lock_os_thread();
  for (int i = 0; i < 300; i++) {
    there << i;
    ASSERT_EQ(back.recv(), i + 1);
  }
  close(there);
  EXPECT_FALSE(back.recv_ok().ok);
  unlock_os_thread();
}

TEST_P(LockedThread, IsCounted) {
  const pid_t thread = gettid();
  lock_os_thread();
  lock_os_thread();
  unlock_os_thread();
  for (int i = 0; i < 50; i++) {
    gosched();
    ASSERT_EQ(gettid(), thread);
  }
  unlock_os_thread();
  unlock_os_thread();  // too many: nothing
  gosched();
}

TEST_P(LockedThread, SleepsAndBlocksLikeAnyOther) {
  using namespace std::chrono_literals;
  WaitGroup wg;
  for (int i = 0; i < 4; i++) {
    wg.go([] {
      lock_os_thread();
      const pid_t thread = gettid();
      for (int k = 0; k < 5; k++) {
        sleep(100us);
        blocking([] { ::usleep(300); });
        ASSERT_EQ(gettid(), thread);
      }
    });
  }
  wg.wait();
}

// The thread comes back from a call that nobody announced, its processor is gone, and idle by now.
TEST_P(LockedThread, QueuesUpWithoutProcessorAndIsRun) {
  WaitGroup wg;
  wg.go([&] {
    lock_os_thread();
    for (int k = 0; k < 5; k++) {
      wg.go([] {});
      const timespec pause = {.tv_sec = 0, .tv_nsec = 5'000'000};
      syscall(SYS_nanosleep, &pause, nullptr);
      gosched();
    }
  });
  wg.wait();
}

TEST_P(LockedThread, SurvivesAChangeOfTheNumberOfProcessors) {
  WaitGroup wg;
  for (int i = 0; i < 4; i++) {
    wg.go([] {
      lock_os_thread();
      for (int k = 0; k < 100; k++) gosched();
    });
  }
  for (int n = 1; n < 6; n++) {
    gomaxprocs(n);
    gosched();
  }
  wg.wait();
}

}  // namespace
}  // namespace baton::test
