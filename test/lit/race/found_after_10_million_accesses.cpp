// SPDX-License-Identifier: Apache-2.0
//
// A race is found however many other accesses lie between its two sides.
// RUN: %baton_cxx -race -O1 %s -o %t && %exits 66 %t 2>&1 | FileCheck %s
#include "Inputs/order.h"
using namespace baton;

int shared;
int other[1 << 20];

int main() {
  go([] {
    shared = 1;
    for (int i = 0; i < 10'000'000; i++) other[i & ((1 << 20) - 1)] += i;
    next_turn();
  });
  await_turn(1);
  shared = 2;
}
// CHECK: WARNING: DATA RACE
// CHECK-NEXT: Write at 0x{{[0-9a-f]+}} by main goroutine:
// CHECK-NEXT:   main()
// CHECK-NEXT:       {{.*}}found_after_10_million_accesses.cpp:18 +0x
// CHECK: Previous write at 0x{{[0-9a-f]+}} by goroutine 2:
// CHECK-NEXT:   main::{{.*}}operator()() const
// CHECK-NEXT:       {{.*}}found_after_10_million_accesses.cpp:13 +0x
// CHECK: Goroutine 2 ({{running|finished}}) created at:
// CHECK-NEXT:   main()
// CHECK-NEXT:       {{.*}}found_after_10_million_accesses.cpp:12 +0x
// CHECK: Found 1 data race(s)
