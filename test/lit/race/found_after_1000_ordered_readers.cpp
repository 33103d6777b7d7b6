// SPDX-License-Identifier: Apache-2.0
//
// A reader is not forgotten because 1,000 others, ordered among themselves and before the writer, read the same later.
// RUN: %baton_cxx -race -O1 %s -o %t && %exits 66 %t 2>&1 | FileCheck %s
#include "Inputs/order.h"
using namespace baton;

int shared;
int sum;

int main() {
  go([] {
    sum = shared;
    next_turn();
  });
  await_turn(1);
  auto token = make_chan<int>(1);
  token << 0;
  auto done = make_chan<bool>(1000);
  for (int i = 0; i < 1000; i++) {
    go([=] {
      int total = token.recv() + shared;
      token << total;
      done << true;
    });
  }
  for (int i = 0; i < 1000; i++) done.recv();
  shared = 2;
}
// CHECK: Write at 0x{{[0-9a-f]+}} by main goroutine:
// CHECK-NEXT:   main()
// CHECK-NEXT:       {{.*}}readers.cpp:28 +0x
// CHECK: Previous read at 0x{{[0-9a-f]+}} by goroutine 2:
// CHECK-NEXT:   main::{{.*}}operator()() const
// CHECK-NEXT:       {{.*}}readers.cpp:13 +0x
// CHECK: Found 1 data race(s)
