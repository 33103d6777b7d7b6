// SPDX-License-Identifier: Apache-2.0
//
// Static initialisers may wait for goroutines and timers; main goes on as goroutine 1. exit and quick_exit work in any
// goroutine.
// RUN: %baton_cxx -O1 %s -o %t && %baton_cxx -O1 -race %s -o %t.race
// RUN: for t in %t %t.race; do for p in 1 2 8; do \
// RUN:   GOMAXPROCS=$p timeout 60 $t | FileCheck %s || exit 1; \
// RUN:   GOMAXPROCS=$p timeout 60 %exits 3 $t exit || exit 1; \
// RUN:   GOMAXPROCS=$p timeout 60 %exits 4 $t quick_exit || exit 1; done; done
#include <baton/baton.hpp>
#include <cstdlib>
#include <cstring>
using namespace baton;

static chan<int> numbers = make_chan<int>();
static int sum = [] {
  go([] {
    for (int i = 1; i <= 10; i++) numbers << i;
    close(numbers);
  });
  int s = 0;
  for (int n : numbers) s += n;
  return s;
}();

static Timer timer(1ms);
static bool timer_fired = [] {
  timer.c.recv();
  return true;
}();

static Mutex mu;
static int slept = [] {
  WaitGroup wg;
  int n = 0;
  for (int i = 0; i < 5; i++) {
    wg.go([&] {
      sleep(1ms);
      mu.lock();
      n++;
      mu.unlock();
    });
  }
  wg.wait();
  return n;
}();

int main(int argc, char** argv) {
  if (argc > 1) {
    go([how = std::string(argv[1])] {
      if (how == "exit") std::exit(3);
      std::quick_exit(4);
    });
    make_chan<int>().recv();
  }
  std::printf("%d %d %d\n", sum, timer_fired, slept);
  // CHECK: 55 1 5
  auto c = make_chan<int>();
  go([=] { c << 1; });
  std::printf("%d\n", c.recv());
  // CHECK-NEXT: 1
}
