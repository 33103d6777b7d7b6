// SPDX-License-Identifier: Apache-2.0
//
// A race is found, with both stacks, however many calls lie between its two sides.
// RUN: %baton_cxx -race -O1 %s -o %t && %exits 66 %t 2>&1 | FileCheck %s
#include "Inputs/order.h"
using namespace baton;

int shared;
int depth;

[[gnu::noinline]] void callee(int i) {
  if (i % 4 != 0) callee(i - 1);
  depth = i;
}

[[gnu::noinline]] void set(int value) { shared = value; }

int main() {
  go([] {
    set(1);
    for (int i = 0; i < 10'000'000; i += 4) callee(i + 3);
    next_turn();
  });
  await_turn(1);
  set(2);
}
// CHECK: Write at 0x{{[0-9a-f]+}} by main goroutine:
// CHECK-NEXT:   set(int)
// CHECK-NEXT:       {{.*}}calls.cpp:16 +0x
// CHECK-NEXT:   main()
// CHECK-NEXT:       {{.*}}calls.cpp:25 +0x
// CHECK: Previous write at 0x{{[0-9a-f]+}} by goroutine 2:
// CHECK-NEXT:   set(int)
// CHECK-NEXT:       {{.*}}calls.cpp:16 +0x
// CHECK-NEXT:   main::{{.*}}operator()() const
// CHECK-NEXT:       {{.*}}calls.cpp:20 +0x
// CHECK: Found 1 data race(s)
