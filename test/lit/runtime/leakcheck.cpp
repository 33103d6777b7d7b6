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
  // These wait for time, if by a channel: they are not listed.
  static Ticker ticker(1h);
  go([] { ticker.c.recv(); });
  go([c = make_chan<int>()] { (void)select(on_recv(c), on_recv(after(1h))); });
  go([] { tick(1h).recv(); });
  // A timer that was stopped will not come any more.
  static Timer stopped(1h);
  stopped.stop();
  go([] { stopped.c.recv(); });
  sleep(20ms);
  return 5;
}
// CHECK: leakcheck: 3 goroutines are blocked for ever
// CHECK-EMPTY:
// CHECK-NEXT: goroutine 2 [chan send]:
// CHECK-NEXT: forgotten(baton::chan<int>)
// CHECK: created by main() in goroutine 1
// CHECK: goroutine 3 [select (no cases)]:
// CHECK: goroutine 8 [chan receive]:
// CHECK-NOT: {{^}}goroutine
