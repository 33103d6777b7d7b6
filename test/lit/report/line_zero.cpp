// Where the optimiser made one instruction of two lines, debug information says line 0; the report shows a line all the
// same, the nearest one of the function.
// RUN: %baton_cxx -race -O2 %s -o %t && %exits 66 %t 2> %t.err && FileCheck %s < %t.err
// RUN: not grep ':0 ' %t.err
// RUN: llvm-dwarfdump --debug-line %t | grep -E '^0x[0-9a-f]+ +0 ' > %t.zero && test -s %t.zero
//
// Inlined into a loop, whose checks are made after it, it has no line of its own at all, and is shown where it is
// declared; never in the file of the code before.
// RUN: %baton_cxx -race -O2 -DNOINLINE= -DROUNDS=100 %s -o %t.loop
// RUN: %exits 66 %t.loop 2> %t.err && FileCheck %s < %t.err
// RUN: not grep ':0 ' %t.err
#include <baton/baton.hpp>
#ifndef NOINLINE
#define NOINLINE [[gnu::noinline]]
#define ROUNDS 1
#endif
using namespace baton;

struct Stats {
  long hits = 0;
  long misses = 0;
};
Stats* stats = new Stats;

NOINLINE void lookup(int key) {
  if (key % 2 != 0) {
    stats->hits++;
  } else {
    stats->misses++;
  }
}

int main() {
  WaitGroup wg;
  wg.add(2);
  for (int i = 0; i < 2; i++) {
    go([&wg] {
      for (int i = 0; i < ROUNDS; i++) lookup(i);
      wg.done();
    });
  }
  wg.wait();
}
// CHECK: at 0x{{[0-9a-f]+}} by goroutine
// CHECK-NEXT: lookup(int)
// CHECK-NEXT: line_zero.cpp:{{25|26|27|28|29|30|31}} +0x
// CHECK: {{^}}{{25|26|27|28|29|30|31}} | {{.*[a-z]}}
