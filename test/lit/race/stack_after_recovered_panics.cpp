// SPDX-License-Identifier: Apache-2.0
//
// Frames that a recovered panic has left are in no stack, however many panics there were: neither in that of an access
// made afterwards, nor in where a goroutine was created.
//
// RUN: for level in 0 1 2; do \
// RUN:   %baton_cxx -race -O$level %s -o %t && %exits 66 %t 2> %t.report && FileCheck %s < %t.report || exit 1; \
// RUN: done
#include "Inputs/order.h"
using namespace baton;

int shared;
int noise;

[[gnu::noinline]] void fail(int depth) {
  noise++;
  if (depth == 0) panic("recovered");
  fail(depth - 1);
  noise++;
}

[[gnu::noinline]] void try_and_recover(int depth) {
  try {
    fail(depth);
  } catch (const panic_error&) {
  }
}

[[gnu::noinline]] void set(int value) {
  shared = value;
  noise++;
}

[[gnu::noinline]] void worker() {
  for (int i = 0; i < 10'000; i++) try_and_recover(i % 10);
  set(1);
  next_turn();
}

int main() {
  for (int i = 0; i < 10'000; i++) try_and_recover(i % 10);
  go(worker);
  await_turn(1);
  shared = 2;
}
// CHECK: Write at 0x{{[0-9a-f]+}} by main goroutine:
// CHECK-NEXT:   main()
// CHECK-NEXT:       {{.*}}panics.cpp:44 +0x
// CHECK-EMPTY:
// CHECK-NEXT: Previous write at 0x{{[0-9a-f]+}} by goroutine 2:
// CHECK-NEXT:   set(int)
// CHECK-NEXT:       {{.*}}panics.cpp:30 +0x
// CHECK-NEXT:   worker()
// CHECK-NEXT:       {{.*}}panics.cpp:36 +0x
// CHECK-EMPTY:
// CHECK: Goroutine 2 (finished) created at:
// CHECK-NEXT:   main()
// CHECK-NEXT:       {{.*}}panics.cpp:42 +0x
// CHECK-NEXT: ====
