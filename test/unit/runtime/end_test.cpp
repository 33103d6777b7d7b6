// SPDX-License-Identifier: Apache-2.0
//
// How the process ends: status and headline. The whole texts are tested in test/lit/runtime.
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>

#include "runtime/src/sched.h"
#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

class EndDeathTest : public testing::Test {
 protected:
  // A fresh process for each case: fork alone would lose the scheduler's threads.
  void SetUp() override { testing::GTEST_FLAG(death_test_style) = "threadsafe"; }
};

void block_forever() { make_chan<int>().recv(); }

TEST_F(EndDeathTest, Deadlock) {
  EXPECT_EXIT(block_forever(), testing::ExitedWithCode(2),
              "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 \\[chan receive\\]:");
}

TEST_F(EndDeathTest, DeadlockOfManyProcessors) {
  EXPECT_EXIT(
      {
        gomaxprocs(8);
        for (int i = 0; i < 100; i++) go(block_forever);
        block_forever();
      },
      testing::ExitedWithCode(2), "all goroutines are asleep");
}

TEST_F(EndDeathTest, DeadlockAfterAForeignThreadHasEnded) {
  EXPECT_EXIT(
      {
        std::thread([] {}).join();
        block_forever();
      },
      testing::ExitedWithCode(2), "all goroutines are asleep");
}

TEST_F(EndDeathTest, DeadlockOfAGoroutineWithAThreadOfItsOwn) {
  EXPECT_EXIT(
      {
        alarm(20);
        lock_os_thread();
        block_forever();
      },
      testing::ExitedWithCode(2), "all goroutines are asleep");
}

TEST_F(EndDeathTest, AForeignThreadIsHope) {
  EXPECT_EXIT(
      {
        auto done = make_chan<int>();
        std::thread([=] {
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
          go([=] { done << 1; });
        }).detach();
        done.recv();
        exit(7);
      },
      testing::ExitedWithCode(7), "");
}

TEST_F(EndDeathTest, SwallowingGoexitIsFatal) {
  EXPECT_EXIT(
      {
        try {
          goexit();
        } catch (...) {
        }
      },
      testing::ExitedWithCode(2), "fatal error: goexit\\(\\) was swallowed by a catch \\(...\\) that did not rethrow");
}

TEST_F(EndDeathTest, PanicInAGoroutine) {
  EXPECT_EXIT(
      {
        go([] { panic("boom"); });
        block_forever();
      },
      testing::ExitedWithCode(2), "^panic: boom\n\ngoroutine [0-9]+ \\[running\\]:");
}

TEST_F(EndDeathTest, OtherExceptionsShowTypeAndText) {
  EXPECT_EXIT(
      {
        go([] { throw std::out_of_range("no such thing"); });
        block_forever();
      },
      testing::ExitedWithCode(2), "^panic: std::out_of_range: no such thing\n\ngoroutine");
}

TEST_F(EndDeathTest, ThrownValuesShowTheirType) {
  EXPECT_EXIT(
      {
        go([] { throw 42; });
        block_forever();
      },
      testing::ExitedWithCode(2), "^panic: exception of type int\n");
}

TEST_F(EndDeathTest, ExitInAGoroutine) {
  EXPECT_EXIT(
      {
        go([] { exit(3); });
        block_forever();
      },
      testing::ExitedWithCode(3), "");
}

TEST_F(EndDeathTest, ExitWhileOthersRun) {
  EXPECT_EXIT(
      {
        gomaxprocs(4);
        for (int i = 0; i < 50; i++) {
          go([] {
            for (;;) gosched();
          });
        }
        give_turns();
        exit(4);
      },
      testing::ExitedWithCode(4), "");
}

TEST_F(EndDeathTest, ExitHandlersMayWaitForGoroutines) {
  EXPECT_EXIT(
      {
        gomaxprocs(4);
        static auto stop = make_chan<int>();
        static auto stopped = make_chan<int>();
        go([] {
          stop.recv();
          stopped << 1;
        });
        settle();
        // Registered after the runtime's own handler, so it runs before; the second runs it from within the end.
        atexit([] {
          stop << 1;
          stopped.recv();
        });
        exit(6);
      },
      testing::ExitedWithCode(6), "");
}

TEST_F(EndDeathTest, FatalCannotBeCaught) {
  EXPECT_EXIT(
      {
        try {
          rt::fatal("too bad");
        } catch (...) {
          exit(0);
        }
      },
      testing::ExitedWithCode(2), "^fatal error: too bad\n\ngoroutine 1 \\[running\\]:");
}

TEST(ForkTest, TheChildFindsTheSchedulersLockFree) {
  std::atomic<bool> is_held{false};
  std::thread holder([&] {
    rt::RuntimeLockGuard guard(rt::sched.lock);
    is_held = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  });
  while (!is_held) {
  }
  const pid_t child = fork();
  if (child == 0) {
    alarm(10);
    rt::sched.lock.lock();
    _exit(0);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  holder.join();
}

}  // namespace
}  // namespace baton::test
