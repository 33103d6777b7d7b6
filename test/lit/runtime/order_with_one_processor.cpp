// SPDX-License-Identifier: Apache-2.0
//
// With GOMAXPROCS=1 goroutines run in Go's order, with and without the detector: the last created first, then the
// others as created; a goroutine that yields goes behind all others.
// RUN: %baton_cxx %s -o %t && %baton_cxx -race %s -o %t.race
// RUN: for t in %t %t.race; do for i in 1 2 3 4 5; do GOMAXPROCS=1 $t | FileCheck %s || exit 1; done; done
#include <baton/baton.hpp>
#include <cstdio>
using namespace baton;

WaitGroup wg;

void worker(int id) {
  defer(wg.done());
  for (int round = 1; round <= 2; round++) {
    std::printf("%d.%d ", id, round);
    gosched();
  }
}

int main() {
  wg.add(3);
  for (int id = 1; id <= 3; id++) go(worker, id);
  wg.wait();
  std::puts("end");
}
// CHECK: {{^}}3.1 1.1 2.1 3.2 1.2 2.2 end{{$}}
