// SPDX-License-Identifier: Apache-2.0
//
// GODEBUG=leakcheck=1 lists at exit the goroutines that are blocked for ever, with the reason; the exit status stays.
// Without it nothing is said. On one processor, so that who has been created has also run until it blocks.
// RUN: %baton_cxx -O1 %s -o %t && %baton_cxx -O1 -race %s -o %t.race
// RUN: for x in %t %t.race; do \
// RUN:   env GODEBUG=leakcheck=1 %exits 5 $x 2>&1 | FileCheck %s || exit 1; \
// RUN:   env GODEBUG=other=2,leakcheck=1 %exits 5 $x 2>&1 | FileCheck %s || exit 1; \
// RUN:   env GODEBUG=leakcheck=0 %exits 5 $x 2>&1 | count 0 || exit 1; \
// RUN:   %exits 5 $x 2>&1 | count 0 || exit 1; done
#include <baton/baton.hpp>
using namespace baton;
using namespace std::chrono_literals;

void forgotten(chan<int> c) { c << 1; }

int main() {
  gomaxprocs(1);
  go(forgotten, make_chan<int>());
  go([] { select(); });
  go([] { sleep(1h); });
  sleep(20ms);
  return 5;
}
// CHECK: leakcheck: 2 goroutines are blocked for ever
// CHECK-EMPTY:
// CHECK-NEXT: goroutine 2 [chan send]:
// CHECK-NEXT: forgotten(baton::chan<int>)
// CHECK: created by main() in goroutine 1
// CHECK: goroutine 3 [select (no cases)]:
// CHECK-NOT: goroutine 4
