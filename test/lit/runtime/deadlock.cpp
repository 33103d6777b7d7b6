// SPDX-License-Identifier: Apache-2.0
//
// When nothing can run any more: Go's text, every goroutine with its reason and place of creation, what the program
// has printed before it, exit status 2; with the detector too.
// RUN: %baton_cxx -O1 %s -o %t && for p in 1 2 8; do \
// RUN:   GOMAXPROCS=$p %exits 2 %t 2>&1 | FileCheck %s || exit 1; done
// RUN: %baton_cxx -O1 -race %s -o %t.race && for p in 1 2 8; do \
// RUN:   GOMAXPROCS=$p %exits 2 %t.race 2>&1 | FileCheck %s || exit 1; done
// RUN: GOTRACEBACK=none %exits 2 %t 2>&1 | FileCheck %s --check-prefix=NONE
#include <baton/baton.hpp>
#include <cstdio>
using namespace baton;

void worker(chan<int> c, int) { c.recv(); }

int main() {
  std::printf("printed before");
  auto c = make_chan<int>();
  go(worker, c, 3);
  go([=] { c.recv(); });
  gosched();
  WaitGroup wg;
  wg.add(1);
  wg.wait();
}
// CHECK: printed beforefatal error: all goroutines are asleep - deadlock!
// CHECK-EMPTY:
// CHECK-NEXT: goroutine 1 [sync.WaitGroup.Wait]:
// CHECK: main()
// CHECK-NEXT: {{^	.*deadlock.cpp:24 \+0x[0-9a-f]+$}}
// CHECK-EMPTY:
// CHECK-NEXT: goroutine 2 [chan receive]:
// CHECK-NEXT: worker(baton::chan<int>, int)
// CHECK-NEXT: {{^	.*deadlock.cpp:14 \+0x[0-9a-f]+$}}
// CHECK-NEXT: created by main() in goroutine 1
// CHECK-NEXT: {{^	.*deadlock.cpp:19 \+0x[0-9a-f]+$}}
// CHECK-EMPTY:
// CHECK-NEXT: goroutine 3 [chan receive]:
// CHECK-NEXT: {{^(main::.*)?operator\(\)}}
// CHECK-NEXT: {{^	.*deadlock.cpp:20 \+0x[0-9a-f]+$}}
// CHECK-NEXT: created by main() in goroutine 1
// CHECK-NEXT: {{^	.*deadlock.cpp:20 \+0x[0-9a-f]+$}}
// CHECK-NOT: {{.}}

// NONE: all goroutines are asleep
// NONE-NOT: goroutine 1
