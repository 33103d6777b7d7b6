// SPDX-License-Identifier: Apache-2.0
//
// gdb lists goroutines and shows their stacks, which end at the goroutine's own function.
// RUN: %baton_cxx -g -O0 %s -o %t
// RUN: GOMAXPROCS=2 timeout 120 gdb -nx -batch -x %prefix/lib/baton/baton-gdb.py -ex 'break stop_here' -ex run \
// RUN:   -ex 'info goroutines' -ex 'goroutine 2 bt' -ex 'goroutine 3 bt' -ex 'goroutine 3 frame function worker' \
// RUN:   -ex 'goroutine 1 bt' -ex bt -ex 'goroutine 77 bt' -ex 'goroutine' -ex 'kill' %t > %t.out 2>&1 || true
// RUN: FileCheck %s < %t.out
#include <baton/baton.hpp>
using namespace baton;

int stopped;
__attribute__((noinline)) void stop_here() { stopped++; }

__attribute__((noinline)) void worker(chan<int> c, int depth) {
  if (depth == 0) {
    c.recv();
  } else {
    worker(c, depth - 1);
  }
}

int main() {
  auto c = make_chan<int>();
  auto d = make_chan<int>();
  WaitGroup wg;
  go([=] { d << 1; });
  go(worker, c, 3);
  go([=] {
    while (num_goroutine() != 4) gosched();
    for (int i = 0; i < 1000; i++) gosched();
    stop_here();
    c << 1;
    d.recv();
  });
  wg.add(1);
  wg.wait();
}
// CHECK: hit Breakpoint 1, stop_here
// CHECK: {{^}}  1 [sync.WaitGroup.Wait] main at {{.*}}gdb.cpp:[[#]]
// CHECK-NEXT: {{^}}  2 [chan send] main::{{.*}} at {{.*}}gdb.cpp:[[#]]
// CHECK-NEXT: {{^}}  3 [chan receive] worker at {{.*}}gdb.cpp:[[#]]
// CHECK-NEXT: {{^}}* 4 [running] stop_here at {{.*}}gdb.cpp:[[#]]
// CHECK: in main::{{.*}}operator()
// CHECK: in baton::internal::goroutine_main
// CHECK-NEXT: in baton_stack_entry
// CHECK-NEXT: #0
// CHECK-NEXT: in worker (c=..., depth=0)
// CHECK-NEXT: in worker (c=..., depth=1)
// CHECK-NEXT: in worker (c=..., depth=2)
// CHECK-NEXT: in worker (c=..., depth=3)
// CHECK: in baton_stack_entry
// CHECK-NEXT: in worker (c=..., depth=0)
// CHECK: in main ()
// CHECK-NEXT: #0  stop_here
// CHECK: in baton_stack_entry
// CHECK-NEXT: there is no goroutine 77: see info goroutines
// CHECK-NEXT: usage: goroutine N COMMAND, or goroutine all COMMAND
