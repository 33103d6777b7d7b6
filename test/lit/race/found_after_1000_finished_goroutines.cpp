// SPDX-License-Identifier: Apache-2.0
//
// A race is found although its first goroutine, and 1,000 others, have finished since.
// RUN: %baton_cxx -race -O1 %s -o %t && %exits 66 %t 2>&1 | FileCheck %s
#include "Inputs/order.h"
using namespace baton;

int shared;
int own[1000];

int main() {
  go([] {
    shared = 1;
    next_turn();
  });
  await_turn(1);
  WaitGroup wg;
  for (int i = 0; i < 1000; i++) {
    wg.add(1);
    go([&wg, i] {
      own[i] = i;
      wg.done();
    });
    if (i % 10 == 0) wg.wait();
  }
  wg.wait();
  shared = 2;
}
// CHECK: Write at 0x{{[0-9a-f]+}} by main goroutine:
// CHECK: Previous write at 0x{{[0-9a-f]+}} by goroutine 2:
// CHECK-NEXT:   main::{{.*}}operator()() const
// CHECK-NEXT:       {{.*}}goroutines.cpp:13 +0x
// CHECK: Goroutine 2 (finished) created at:
// CHECK-NEXT:   main()
// CHECK-NEXT:       {{.*}}goroutines.cpp:12 +0x
// CHECK: Found 1 data race(s)
