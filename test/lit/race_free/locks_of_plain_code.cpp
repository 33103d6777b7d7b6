// SPDX-License-Identifier: Apache-2.0
//
// A lock that is taken in code compiled without -race orders what code compiled with it does.
// RUN: %baton_cxx -O2 -DPLAIN -c %s -o %t.plain.o && %baton_cxx -O2 -race %s %t.plain.o -o %t
// RUN: for p in 1 2 8; do env GOMAXPROCS=$p timeout 60 %t 2>&1 | FileCheck %s || exit 1; done
#include <baton/baton.hpp>

void enter();
void leave();

#if defined(PLAIN)
static baton::Mutex mu;
void enter() { mu.lock(); }
void leave() { mu.unlock(); }
#else
static int counter;

int main() {
  baton::WaitGroup wg;
  for (int i = 0; i < 4; i++) {
    wg.go([] {
      for (int k = 0; k < 100; k++) {
        enter();
        counter++;
        baton::gosched();
        leave();
      }
    });
  }
  wg.wait();
  std::printf("%d\n", counter);
}
#endif
// CHECK-NOT: DATA RACE
// CHECK: 400
