// SPDX-License-Identifier: Apache-2.0
//
// Threads that the program started itself use everything that goroutines use.
#include <condition_variable>
#include <thread>
#include <vector>

#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

class ThreadTest : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(ThreadTest);

// Joins without holding a processor: the thread may need one to be served.
void join(std::thread& thread, const chan<int>& done) {
  done.recv();
  thread.join();
}

template <class F>
void on_thread(F f) {
  auto done = make_chan<int>();
  std::thread thread([&] {
    f();
    done << 1;
  });
  join(thread, done);
}

TEST_P(ThreadTest, AThreadSendsToAGoroutine) {
  auto c = make_chan<int>();
  auto sum = make_chan<int>();
  go([=] {
    int s = 0;
    for (int v : c) s += v;
    sum << s;
  });
  on_thread([&] {
    for (int i = 1; i <= 100; i++) c << i;
    close(c);
  });
  EXPECT_EQ(sum.recv(), 5050);
}

TEST_P(ThreadTest, AThreadReceivesFromAGoroutine) {
  auto c = make_chan<int>(3);
  go([=] {
    for (int i = 1; i <= 100; i++) c << i;
    close(c);
  });
  on_thread([&] {
    int sum = 0;
    for (int v : c) sum += v;
    EXPECT_EQ(sum, 5050);
  });
}

TEST_P(ThreadTest, ThreadsMeetEachOther) {
  auto there = make_chan<int>();
  auto back = make_chan<int>();
  auto done = make_chan<int>();
  std::thread a([&] {
    for (int i = 0; i < 100; i++) {
      there << i;
      EXPECT_EQ(back.recv(), i + 1);
    }
    done << 1;
  });
  std::thread b([&] {
    for (int i = 0; i < 100; i++) back << there.recv() + 1;
    done << 1;
  });
  done.recv();
  done.recv();
  a.join();
  b.join();
}

TEST_P(ThreadTest, AThreadSelects) {
  auto a = make_chan<int>();
  auto b = make_chan<std::string>();
  go([=] {
    a << 1;
    b << std::string("two");
  });
  on_thread([&] {
    int number = 0;
    std::string text;
    for (int i = 0; i < 2; i++) {
      switch (select(on_recv(a, number), on_recv(b, text))) {
        case 0:
          EXPECT_EQ(number, 1);
          break;
        case 1:
          EXPECT_EQ(text, "two");
          break;
      }
    }
    EXPECT_EQ(select(on_recv(a), otherwise), 1);
    EXPECT_EQ(select(on_recv(a), on_recv(after(1ms))), 1);
  });
}

TEST_P(ThreadTest, ThreadsAndGoroutinesShareAMutex) {
  Mutex mu;
  int counter = 0;
  WaitGroup wg;
  wg.add(8);
  auto work = [&] {
    for (int i = 0; i < 500; i++) {
      mu.lock();
      counter++;
      if (i % 50 == 0) gosched();
      mu.unlock();
    }
    wg.done();
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; i++) threads.emplace_back(work);
  for (int i = 0; i < 4; i++) go(work);
  wg.wait();
  EXPECT_EQ(counter, 4000);
  for (std::thread& t : threads) t.join();
}

TEST_P(ThreadTest, AThreadWaitsForAWaitGroup) {
  WaitGroup wg;
  std::atomic<int> n{0};
  wg.add(10);
  for (int i = 0; i < 10; i++) {
    go([&] {
      gosched();
      n++;
      wg.done();
    });
  }
  on_thread([&] {
    wg.wait();
    EXPECT_EQ(n, 10);
  });
}

TEST_P(ThreadTest, AThreadUsesCondRWMutexAndOnce) {
  Mutex mu;
  Cond cond(mu);
  RWMutex rw;
  Once once;
  bool ready = false;
  int calls = 0;
  go([&] {
    once.call([&] { calls++; });
    mu.lock();
    ready = true;
    mu.unlock();
    cond.broadcast();
  });
  on_thread([&] {
    once.call([&] { calls++; });
    mu.lock();
    while (!ready) cond.wait();
    mu.unlock();
    rw.lock();
    rw.unlock();
    rw.rlock();
    rw.runlock();
  });
  EXPECT_EQ(calls, 1);
}

TEST_P(ThreadTest, AThreadSleepsAndStartsTimersAndGoroutines) {
  on_thread([&] {
    const auto start = std::chrono::steady_clock::now();
    sleep(5ms);
    EXPECT_GE(std::chrono::steady_clock::now() - start, 5ms);
    Timer timer(1ms);
    timer.c.recv();
    auto c = make_chan<int>();
    go([=] { c << 7; });
    EXPECT_EQ(c.recv(), 7);
    gosched();
  });
}

TEST_P(ThreadTest, AThreadReadsAndWritesConnections) {
  auto [reader, writer, error] = pipe();
  go([w = writer] {
    gosched();
    w.write("for you");
  });
  on_thread([&, r = reader] {
    char buffer[16];
    EXPECT_EQ(r.read(buffer).n, 7u);
    r.set_read_deadline(1ms);
    EXPECT_EQ(r.read(buffer).err, err_timeout);
  });
}

// The last goroutine that could act ends just when the thread begins to wait for the descriptor.
TEST_P(ThreadTest, AThreadThatWaitsForAConnectionIsNoDeadlock) {
  auto [reader, writer, error] = pipe();
  on_thread([&, r = reader, w = writer] {
    for (int i = 0; i < 3000; i++) {
      go([w] { w.write("x"); });
      for (volatile int pause = 0; pause < i % 100 * 100; pause = pause + 1) {
      }
      char byte;
      EXPECT_EQ(r.read(&byte, 1).n, 1u);
    }
  });
}

TEST_P(ThreadTest, PanicsOfAThreadCanBeCaught) {
  on_thread([] {
    chan<int> c;
    EXPECT_EQ(panic_of([&] { close(c); }), "close of nil channel");
  });
}

TEST_P(ThreadTest, ManyShortThreadsLeaveNothingBehind) {
  settle();  // goroutines of earlier tests, and of static initialisers, are not to end meanwhile
  const int before = num_goroutine();
  auto c = make_chan<int>();
  go([=] {
    for (int i = 0; i < 200; i++) c << i;
  });
  int sum = 0;
  for (int i = 0; i < 200; i++) on_thread([&] { sum += c.recv(); });
  EXPECT_EQ(sum, 19900);
  settle();
  EXPECT_EQ(num_goroutine(), before);
}

TEST_P(ThreadTest, AWaitingThreadIsNoDeadlockWhileAnotherCanAct) {
  auto c = make_chan<int>();
  std::mutex m;
  std::condition_variable cv;
  bool go_on = false;
  std::thread receiver([&] { c.recv(); });
  std::thread sender([&] {
    std::unique_lock lock(m);
    cv.wait(lock, [&] { return go_on; });
    lock.unlock();
    c << 1;
    c << 2;
  });
  std::thread trigger([&] {
    std::this_thread::sleep_for(20ms);
    std::scoped_lock lock(m);
    go_on = true;
    cv.notify_one();
  });
  const int mine = c.recv();
  EXPECT_TRUE(mine == 1 || mine == 2);
  receiver.join();
  sender.join();
  trigger.join();
}

}  // namespace
}  // namespace baton::test
