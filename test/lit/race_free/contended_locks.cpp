// SPDX-License-Identifier: Apache-2.0
//
// Locks that many want at the same time: by owners in a hurry, by those who park while they hold it, by threads that
// are no goroutines, through conditions, and by more than can back off at once (runtime/src/back_off.h).
//
// RUN: for level in 0 2; do \
// RUN:   %baton_cxx -race -O$level %s -o %t && %S/Inputs/check.sh %t %rounds || exit 1; \
// RUN: done
#include "Inputs/rounds.h"

#include <deque>
#include <thread>

namespace {

void many_short_sections() {
  constexpr int kGoroutines = 80;
  constexpr int kSections = 30;
  Mutex mu;
  WaitGroup wg;
  int count = 0;
  for (int i = 0; i < kGoroutines; i++) {
    wg.go([&] {
      for (int k = 0; k < kSections; k++) {
        mu.lock();
        count++;
        mu.unlock();
      }
    });
  }
  wg.wait();
  require(count == kGoroutines * kSections, "many short sections");
}

void owners_that_park() {
  Mutex mu;
  WaitGroup wg;
  auto ticks = make_chan<int>();
  int count = 0;
  for (int i = 0; i < 6; i++) {
    wg.go([&, i] {
      mu.lock();
      if (i % 2 == 0) {
        ticks.send(i);
      } else {
        gosched();
      }
      count++;
      mu.unlock();
    });
  }
  for (int i = 0; i < 3; i++) ticks.recv();
  wg.wait();
  require(count == 6, "owners that park");
}

void queue_with_conditions() {
  constexpr int kItems = 200;
  Mutex mu;
  Cond not_full(mu), not_empty(mu);
  std::deque<int> items;
  WaitGroup wg;
  long sum = 0;
  for (int i = 0; i < 2; i++) {
    wg.go([&] {
      for (int k = 1; k <= kItems; k++) {
        mu.lock();
        while (items.size() == 4) not_full.wait();
        items.push_back(k);
        not_empty.signal();
        mu.unlock();
      }
    });
    wg.go([&] {
      for (int k = 0; k < kItems; k++) {
        mu.lock();
        while (items.empty()) not_empty.wait();
        sum += items.front();
        items.pop_front();
        not_full.signal();
        mu.unlock();
      }
    });
  }
  wg.wait();
  require(sum == 2L * kItems * (kItems + 1) / 2, "a queue with conditions");
}

void threads_too() {
  Mutex mu;
  WaitGroup wg;
  int count = 0;
  const auto work = [&] {
    for (int k = 0; k < 100; k++) {
      mu.lock();
      count++;
      mu.unlock();
    }
  };
  for (int i = 0; i < 3; i++) wg.go(work);
  std::thread thread(work);
  thread.join();
  wg.wait();
  require(count == 400, "threads too");
}

}  // namespace

void round_once(int) {
  many_short_sections();
  owners_that_park();
  queue_with_conditions();
  threads_too();
}
