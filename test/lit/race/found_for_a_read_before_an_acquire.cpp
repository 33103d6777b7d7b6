// SPDX-License-Identifier: Apache-2.0
//
// A read that is followed by an acquire and a write of the same variable still counts: only the read races.
// RUN: %baton_cxx -race -O1 %s -o %t && %exits 66 %t 2>&1 | FileCheck %s
#include "Inputs/order.h"
using namespace baton;

long shared;
long flag;

[[gnu::noinline]] void read_acquire_write() {
  long value = shared;
  value += __atomic_load_n(&flag, __ATOMIC_ACQUIRE);
  shared = value;
}

int main() {
  go([] {
    shared = 1;
    __atomic_store_n(&flag, 1, __ATOMIC_RELEASE);
    next_turn();
  });
  await_turn(1);
  read_acquire_write();
}
// CHECK: Read at 0x{{[0-9a-f]+}} by main goroutine:
// CHECK-NEXT:   read_acquire_write()
// CHECK-NEXT:       {{.*}}acquire.cpp:12 +0x
// CHECK: Previous write at 0x{{[0-9a-f]+}} by goroutine 2:
// CHECK: Found 1 data race(s)
