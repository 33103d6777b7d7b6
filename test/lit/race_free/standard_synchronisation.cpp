// SPDX-License-Identifier: Apache-2.0
//
// What C++ offers to wait and to exclude, between goroutines and std::threads.
//
// RUN: for level in 0 2; do \
// RUN:   %baton_cxx -race -O$level %s -o %t && %S/Inputs/check.sh %t %rounds || exit 1; \
// RUN: done
#include "Inputs/rounds.h"

#include <barrier>
#include <condition_variable>
#include <deque>
#include <future>
#include <latch>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <thread>
#include <vector>

namespace {

// One half of the workers are goroutines, the other half threads.
template <class F>
void run_workers(int count, F f) {
  WaitGroup wg;
  std::vector<std::thread> threads;
  for (int i = 0; i < count; i++) {
    if (i % 2 == 0) {
      wg.go([f, i] { f(i); });
    } else {
      threads.emplace_back(f, i);
    }
  }
  for (std::thread& thread : threads) thread.join();
  wg.wait();
}

void locks() {
  std::mutex mutex;
  std::shared_mutex shared;
  std::recursive_mutex recursive;
  int a = 0, b = 0, c = 0;
  run_workers(4, [&](int i) {
    for (int k = 0; k < 5; k++) {
      {
        const std::scoped_lock hold(mutex);
        a++;
      }
      if (i == k % 4) {
        const std::unique_lock hold(shared);
        b++;
      } else {
        const std::shared_lock hold(shared);
        require(b >= 0, "b");
      }
      const std::scoped_lock outer(recursive);
      const std::scoped_lock inner(recursive);
      c++;
    }
  });
  require(a == 20 && c == 20, "a counter");
}

void pool() {
  std::mutex mutex;
  std::condition_variable ready;
  std::deque<int> tasks;
  bool done = false;
  int sum = 0;
  run_workers(5, [&](int i) {
    if (i == 0) {
      for (int k = 1; k <= 20; k++) {
        const std::scoped_lock hold(mutex);
        tasks.push_back(k);
        ready.notify_one();
      }
      const std::scoped_lock hold(mutex);
      done = true;
      ready.notify_all();
      return;
    }
    for (;;) {
      std::unique_lock hold(mutex);
      ready.wait(hold, [&] { return done || !tasks.empty(); });
      if (tasks.empty()) return;
      sum += tasks.front();
      tasks.pop_front();
    }
  });
  require(sum == 210, "a task was lost");
}

void meetings() {
  int before[4] = {}, after[4] = {};
  std::barrier barrier(4);
  std::latch latch(4);
  std::counting_semaphore<4> semaphore(0);
  std::once_flag once;
  int first = 0;
  run_workers(4, [&](int i) {
    before[i] = i;
    barrier.arrive_and_wait();
    after[i] = before[(i + 1) % 4];
    barrier.arrive_and_wait();
    before[i] = after[(i + 2) % 4];
    std::call_once(once, [&] { first = 1; });
    require(first == 1, "call_once");
    latch.arrive_and_wait();
    if (i == 0) {
      first = 2;
      semaphore.release(3);
    } else {
      semaphore.acquire();
      require(first == 2, "semaphore");
    }
  });
}

void futures() {
  std::promise<std::vector<int>> promise;
  std::future<std::vector<int>> result = promise.get_future();
  std::vector<int> made{1};
  WaitGroup wg;
  wg.go([&] {
    made.push_back(2);
    promise.set_value(made);
  });
  require(result.get().size() == 2, "a future");
  wg.wait();
  int x = 1;
  auto later = std::async(std::launch::async, [&x] { return ++x; });
  require(later.get() == 2 && x == 2, "async");
}

}  // namespace

void round_once(int) {
  locks();
  pool();
  meetings();
  futures();
}
