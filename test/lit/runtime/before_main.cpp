// SPDX-License-Identifier: Apache-2.0
//
// Static initialisers may create channels and goroutines; these run once main has started and are ordered after
// everything before main. Their numbers come after main's. One that computes gives way, although no other is created.
// RUN: %baton_cxx -race %s -o %t && for p in 1 2; do \
// RUN:   GOMAXPROCS=$p timeout 60 %exits 0 %t 2>&1 | FileCheck %s || exit 1; done
#include <baton/baton.hpp>
#include <cstdio>
using namespace baton;

auto results = make_chan<int>();
int prepared = 0;
std::atomic<bool> ends{false};

const bool started = [] {
  prepared = 41;
  go([] { results << prepared + 1; });
  go([] {
    while (!ends) {
    }
  });
  return true;
}();

int main() {
  std::printf("%d\n", results.recv());
  gosched();
  ends = true;
}
// CHECK-NOT: DATA RACE
// CHECK: {{^}}42{{$}}
