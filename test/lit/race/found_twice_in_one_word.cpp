// SPDX-License-Identifier: Apache-2.0
//
// Two independent races on the halves of one 8-byte word are two reports.
// RUN: %baton_cxx -race -O1 %s -o %t && %exits 66 %t 2>&1 | FileCheck %s
#include "Inputs/order.h"
using namespace baton;

struct alignas(8) Halves {
  int left;
  int right;
};
Halves pair;

int main() {
  go([] {
    pair.left = 1;
    pair.right = 1;
    next_turn();
  });
  await_turn(1);
  pair.left = 2;
  pair.right = 2;
}
// CHECK: Write at 0x[[LEFT:[0-9a-f]+]] by main goroutine:
// CHECK-NEXT:   main()
// CHECK-NEXT:       {{.*}}word.cpp:21 +0x
// CHECK: Previous write at 0x[[LEFT]] by goroutine 2:
// CHECK-NEXT:   main::{{.*}}operator()() const
// CHECK-NEXT:       {{.*}}word.cpp:16 +0x
// CHECK: WARNING: DATA RACE
// CHECK-NOT: 0x[[LEFT]]
// CHECK: main()
// CHECK-NEXT:       {{.*}}word.cpp:22 +0x
// CHECK: Previous write
// CHECK: {{.*}}word.cpp:17 +0x
// CHECK: Found 2 data race(s)
