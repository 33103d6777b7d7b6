// SPDX-License-Identifier: Apache-2.0
//
// A static destructor that waits for a goroutine is served, although the goroutines were stopped at the end of main.
// RUN: %baton_cxx -O1 %s -o %t && %baton_cxx -O1 -race %s -o %t.race
// RUN: for t in %t %t.race; do for p in 1 2 8; do \
// RUN:   GOMAXPROCS=$p timeout 60 %exits 9 $t | FileCheck %s || exit 1; done; done
#include <baton/baton.hpp>
#include <cstdio>
using namespace baton;

chan<int> stop = make_chan<int>();
chan<int> stopped = make_chan<int>();

struct Worker {
  Worker() {
    go([] {
      stop.recv();
      stopped << 1;
    });
  }
  ~Worker() {
    stop << 1;
    stopped.recv();
    std::puts("worker has ended");
  }
} worker;

int main() {
  gosched();
  return 9;
}
// CHECK: worker has ended
