// SPDX-License-Identifier: Apache-2.0
//
// Accesses of different size race on the bytes they share.
// RUN: %baton_cxx -race -O1 %s -o %t && %exits 66 %t 2>&1 | FileCheck %s
#include <cstring>

#include "Inputs/order.h"
using namespace baton;

alignas(64) char bytes[64];

int main() {
  go([] {
    long value = 7;
    std::memcpy(bytes + 8, &value, sizeof value);
    next_turn();
  });
  await_turn(1);
  bytes[7] = 1;   // beside it: no race
  bytes[16] = 1;  // beside it: no race
  bytes[11] = 1;
}
// CHECK: Write at 0x[[BYTE:[0-9a-f]+]] by main goroutine:
// CHECK-NEXT:   main()
// CHECK-NEXT:       {{.*}}sizes.cpp:21 +0x
// CHECK: Previous write at 0x[[BYTE]] by goroutine 2:
// CHECK-NEXT:   main::{{.*}}operator()() const
// CHECK-NEXT:       {{.*}}sizes.cpp:15 +0x
// CHECK: Found 1 data race(s)
