// SPDX-License-Identifier: Apache-2.0
//
// Accesses of 32 bytes are seen: vectorised loops race like others.
// RUN: %baton_cxx -race -O3 -mavx2 -S -emit-llvm %s -o - | FileCheck --check-prefix=IR %s
// RUN: %baton_cxx -race -O3 -mavx2 %s -o %t && %exits 66 %t 2>&1 | FileCheck %s
// IR: load <8 x float>
#include "Inputs/order.h"
using namespace baton;

alignas(64) float data[1024];

[[gnu::noinline]] void twice(float* p) {
  for (int i = 0; i < 1024; i++) p[i] *= 2;
}

int main() {
  go([] {
    twice(data);
    next_turn();
  });
  await_turn(1);
  twice(data);
}
// CHECK: WARNING: DATA RACE
// CHECK-NEXT: {{Read|Write}} at 0x{{[0-9a-f]+}} by main goroutine:
// CHECK-NEXT:   twice(float*)
// CHECK-NEXT:       {{.*}}loops.cpp:13 +0x
// CHECK: Previous {{read|write}} at 0x{{[0-9a-f]+}} by goroutine 2:
// CHECK-NEXT:   twice(float*)
// CHECK-NEXT:       {{.*}}loops.cpp:13 +0x
