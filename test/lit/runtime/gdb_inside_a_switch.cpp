// SPDX-License-Identifier: Apache-2.0
//
// A debugger that stops at any instruction of the switch between stacks shows the goroutine's whole stack, and then the
// scheduler's; nothing else.
// RUN: %baton_cxx -g -O0 %s -o %t
// RUN: env GOMAXPROCS=1 timeout 120 gdb -nx -batch -x %S/Inputs/step_through_a_switch.py %t > %t.out 2>&1
// RUN: FileCheck %s < %t.out && grep '^at ' %t.out | cut -d' ' -f3- | uniq | count 2
// CHECK: at {{[0-9]+}}: {{.*}} parks {{.*}}baton::internal::goroutine_main baton_stack_entry{{$}}
// CHECK: at {{[0-9]+}}: baton::rt::resume baton::rt::scheduler_main {{(baton_stack_entry|.*start_thread.*)}}
// CHECK: end
#include <baton/baton.hpp>
using namespace baton;

__attribute__((noinline)) void parks(chan<int> c) { c.recv(); }

int main() {
  auto c = make_chan<int>();
  go(parks, c);
  gosched();
  c << 1;
}
