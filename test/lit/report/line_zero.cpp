// Where the optimiser made one instruction of two lines, debug information says line 0; the report shows a line all the
// same, the nearest one of the function.
// RUN: %baton_cxx -race -O2 %s -o %t && %exits 66 %t 2> %t.err && FileCheck %s < %t.err
// RUN: not grep ':0 ' %t.err
// RUN: llvm-dwarfdump --debug-line %t | grep -E '^0x[0-9a-f]+ +0 ' > %t.zero && test -s %t.zero
#include <baton/baton.hpp>
using namespace baton;

struct Stats {
  long hits = 0;
  long misses = 0;
};
Stats* stats = new Stats;

[[gnu::noinline]] void lookup(int key) {
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
      lookup(3);
      wg.done();
    });
  }
  wg.wait();
}
// CHECK: at 0x{{[0-9a-f]+}} by goroutine
// CHECK-NEXT: lookup(int)
// CHECK-NEXT: line_zero.cpp:{{1[5-9]|2[01]}} +0x
// CHECK: {{^}}{{1[5-9]|2[01]}} | {{.*[a-z]}}
