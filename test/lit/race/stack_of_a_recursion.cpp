// SPDX-License-Identifier: Apache-2.0
//
// A stack within a recursion: whole, at its true depth, for the access that just happened.
// RUN: %baton_cxx -race -O1 %s -o %t && %exits 66 %t 2>&1 | FileCheck %s
#include "Inputs/order.h"
using namespace baton;

int shared;
int visited;

[[gnu::noinline]] void descend(int depth) {
  visited++;
  if (depth > 0) {
    descend(depth - 1);
  } else {
    shared++;
  }
  visited--;
}

int main() {
  go([] {
    shared = 1;
    next_turn();
  });
  await_turn(1);
  descend(7);
}
// CHECK: {{Read|Write}} at 0x{{[0-9a-f]+}} by main goroutine:
// CHECK-COUNT-8: descend(int)
// CHECK-NEXT: stack_of_a_recursion.cpp:14 +0x
// CHECK-NEXT: main()
// CHECK-NEXT: stack_of_a_recursion.cpp:27 +0x
