// SPDX-License-Identifier: Apache-2.0
//
// A race is found however many releases lie between its two sides.
// RUN: %baton_cxx -race -O1 %s -o %t && %exits 66 %t 2>&1 | FileCheck %s
#include "Inputs/order.h"
using namespace baton;

int shared;
int guarded;
Mutex mutex;

int main() {
  go([] {
    shared = 1;
    for (int i = 0; i < 5'000'000; i++) {
      mutex.lock();
      guarded++;
      mutex.unlock();
    }
    next_turn();
  });
  await_turn(1);
  shared = 2;
}
// CHECK: Write at 0x{{[0-9a-f]+}} by main goroutine:
// CHECK: Previous write at 0x{{[0-9a-f]+}} by goroutine 2:
// CHECK-NEXT:   main::{{.*}}operator()() const
// CHECK-NEXT:       {{.*}}operations.cpp:14 +0x
// CHECK: Found 1 data race(s)
