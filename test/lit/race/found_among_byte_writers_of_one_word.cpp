// SPDX-License-Identifier: Apache-2.0
//
// Eight goroutines write the eight bytes of a word; a ninth races with the first of them only.
// RUN: %baton_cxx -race -O1 %s -o %t && %exits 66 %t 2>&1 | FileCheck %s
#include "Inputs/order.h"
using namespace baton;

alignas(8) char bytes[8];

int main() {
  for (int i = 0; i < 8; i++) {
    go([i] {
      await_turn(i);
      bytes[i] = 1;
      next_turn();
    });
  }
  await_turn(8);
  bytes[0] = 2;
}
// CHECK: Write at 0x[[BYTE:[0-9a-f]+]] by main goroutine:
// CHECK-NEXT:   main()
// CHECK-NEXT:       {{.*}}word.cpp:19 +0x
// CHECK: Previous write at 0x[[BYTE]] by goroutine 2:
// CHECK: Found 1 data race(s)
