// SPDX-License-Identifier: Apache-2.0
//
// Threads that are stuck with a processor: in system calls, announced or not, and in code that does not poll (this file
// is not compiled with the pass).
#include <baton/baton.hpp>

#include <errno.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <vector>

#include "runtime/src/core.h"
#include "test/unit/runtime/goroutines.h"

using namespace baton;
using namespace std::chrono_literals;

namespace {

// The C library's sleeps park the goroutine; this one blocks the thread.
void sleep_in_kernel(long microseconds) {
  const timespec duration = {0, microseconds * 1000};
  syscall(SYS_nanosleep, &duration, nullptr);
}

struct Pipe {
  int read_end;
  int write_end;
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) std::abort();
    read_end = ends[0];
    write_end = ends[1];
  }
  ~Pipe() {
    ::close(read_end);
    ::close(write_end);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void write_byte() const { ASSERT_EQ(1, ::write(write_end, "x", 1)); }
  // Blocks the thread.
  long read_byte() const {
    char c;
    return ::read(read_end, &c, 1);
  }
};

class Monitor : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { before_ = gomaxprocs(GetParam()); }
  void TearDown() override { gomaxprocs(before_); }

 private:
  int before_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Processors, Monitor, testing::Values(1, 2, 8));

TEST_P(Monitor, PassesOnTheProcessorOfAThreadInASystemCall) {
  const Pipe pipe;
  auto done = make_chan<long>();
  go([&] { done.send(pipe.read_byte()); });
  gosched();
  go([&] { pipe.write_byte(); });
  EXPECT_EQ(1, done.recv());
}

TEST_P(Monitor, PassesOnTheProcessorOfAThreadInBlocking) {
  const Pipe pipe;
  auto done = make_chan<long>();
  go([&] { done.send(blocking([&] { return pipe.read_byte(); })); });
  gosched();
  go([&] { pipe.write_byte(); });
  EXPECT_EQ(1, done.recv());
}

TEST_P(Monitor, ServesBlockedReadersAndThoseWhoCompute) {
  constexpr int kReaders = 300;
  std::vector<std::unique_ptr<Pipe>> pipes;
  WaitGroup readers;
  std::atomic<int> read{0};
  for (int i = 0; i < kReaders; i++) {
    pipes.push_back(std::make_unique<Pipe>());
    readers.go([pipe = pipes.back().get(), &read, announced = i % 2 == 0] {
      const long n = announced ? blocking([&] { return pipe->read_byte(); }) : pipe->read_byte();
      read += static_cast<int>(n);
    });
  }
  std::atomic<bool> stop{false};
  std::atomic<long> rounds{0};
  WaitGroup workers;
  for (int i = 0; i < 2; i++) {
    workers.go([&] {
      while (!stop) {
        rounds++;
        gosched();
      }
    });
  }
  const long before = rounds;
  while (rounds < before + 1000) gosched();
  for (const auto& pipe : pipes) pipe->write_byte();
  readers.wait();
  stop = true;
  workers.wait();
  EXPECT_EQ(kReaders, read);
}

TEST_P(Monitor, TakesTheProcessorFromCodeThatDoesNotPoll) {
  std::atomic<bool> stop{false};
  WaitGroup wg;
  for (int i = 0; i < GetParam(); i++) {
    wg.go([&] {
      while (!stop) {
      }
    });
  }
  gosched();
  stop = true;  // reached only if a processor is free for main
  wg.wait();
}

TEST_P(Monitor, LetsTimersFireWhileAllProcessorsCompute) {
  std::atomic<bool> stop{false};
  WaitGroup wg;
  for (int i = 0; i < GetParam(); i++) {
    wg.go([&] {
      while (!stop) {
      }
    });
  }
  sleep(1ms);
  stop = true;
  wg.wait();
}

TEST_P(Monitor, GoMaxProcsDoesNotWaitForThreadsThatAreStuck) {
  const Pipe pipe;
  const int before = gomaxprocs(4);
  WaitGroup wg;
  for (int i = 0; i < 4; i++) wg.go([&] { pipe.read_byte(); });
  gosched();
  gomaxprocs(1);
  for (int i = 0; i < 4; i++) pipe.write_byte();
  wg.wait();
  gomaxprocs(before);
}

TEST_P(Monitor, ThreadsThatLostTheirProcessorGoOn) {
  std::atomic<int> calls{0};
  WaitGroup wg;
  for (int i = 0; i < 20; i++) {
    wg.go([&] {
      for (int k = 0; k < 20; k++) {
        blocking([] { sleep_in_kernel(200); });
        calls++;
        gosched();
        sleep_in_kernel(50);
        wg.go([&] { calls++; });
      }
    });
  }
  wg.wait();
  EXPECT_EQ(800, calls);
}

// A function that computes in blocking() does not keep others waiting for a time slice, 10 ms, as it does outside.
TEST(Blocking, PassesOnTheProcessorBeforeTheTimeSliceEnds) {
  const auto used = [] {
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  };
  const int before = gomaxprocs(1);
  std::chrono::nanoseconds least = 1s;
  for (int i = 0; i < 20; i++) {
    std::atomic<bool> ran{false};
    WaitGroup wg;
    wg.go([&] { ran = true; });
    blocking([&] {
      const auto start = used();
      while (!ran) {
      }
      least = std::min<std::chrono::nanoseconds>(least, used() - start);
    });
    wg.wait();
  }
  EXPECT_LT(least, 5ms);
  gomaxprocs(before);
}

// Else more goroutines would run than there are processors.
TEST_P(Monitor, AThreadThatLostItsProcessorInBlockingGoesOnWithOne) {
  const auto has_processor = [] { return rt::current_m()->lease.load(std::memory_order_relaxed) != nullptr; };
  int without = 0;
  WaitGroup wg;
  wg.go([&] {
    for (int i = 0; i < 5; i++) {
      blocking([&] {
        while (has_processor()) sleep_in_kernel(100);
      });
      if (!has_processor()) without++;
    }
  });
  wg.wait();
  EXPECT_LT(without, 5);  // the monitor of a busy machine may take it again at once
}

TEST(Blocking, ReturnsWhatTheFunctionReturns) {
  int x = 1;
  EXPECT_EQ(7, blocking([] { return 7; }));
  blocking([&]() -> int& { return x; }) = 5;
  EXPECT_EQ(5, x);
  blocking([] {});
}

TEST(Blocking, LetsExceptionsPass) {
  EXPECT_THROW(blocking([] { throw std::runtime_error("x"); }), std::runtime_error);
}

TEST(Blocking, MayBeNestedAndMayWait) {
  auto c = make_chan<int>();
  go([&] { blocking([&] { blocking([&] { c.send(3); }); }); });
  EXPECT_EQ(3, blocking([&] { return c.recv(); }));
}

// The unit tests are built without the pass, which keeps the address of errno from being cached across a call.
[[gnu::noinline]] static int errno_here() {
  asm volatile("");
  return errno;
}

TEST(Blocking, KeepsErrno) {
  for (int i = 0; i < 100; i++) {
    errno = 0;
    blocking([] {
      sleep_in_kernel(50);
      return ::close(-1);
    });
    EXPECT_EQ(EBADF, errno_here());
  }
}

// The protocol of lease.h by itself: a thread pins and unpins, another one revokes. A processor is never held twice.
TEST(Lease, IsHeldByOneAtATime) {
  static rt::P processor;
  rt::M* m = rt::make_m(-1);
  std::atomic<int> holders{0};
  std::atomic<bool> stop{false};
  std::atomic<rt::P*> returned{nullptr};
  m->p = &processor;
  rt::unpin(m);
  long taken = 0;
  WaitGroup wg;
  const int before = gomaxprocs(2);
  wg.go([&] {
    while (!stop) {
      rt::pin(m);
      if (m->p != nullptr) {
        ASSERT_EQ(1, ++holders);
        holders--;
      } else {
        m->p = returned.exchange(nullptr);
      }
      rt::unpin(m);
    }
  });
  const auto until = std::chrono::steady_clock::now() + 1s;
  while (std::chrono::steady_clock::now() < until) {
    if (!rt::revoke(m, &processor)) continue;
    ASSERT_EQ(1, ++holders);
    holders--;
    taken++;
    returned = &processor;
    while (returned != nullptr && std::chrono::steady_clock::now() < until) gosched();
  }
  stop = true;
  wg.wait();
  gomaxprocs(before);
  EXPECT_GT(taken, 0);
}

}  // namespace
