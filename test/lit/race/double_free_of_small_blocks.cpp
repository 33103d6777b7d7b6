// SPDX-License-Identifier: Apache-2.0
//
// The block of a double free is described, however small: to know the names for a report takes memory, and the C
// library gives small blocks that were freed last.
//
// RUN: %baton_cxx -race -O1 %s -o %t
// RUN: env GORACE=plain=1 GOMAXPROCS=1 %exits 134 %t 24 2>&1 | FileCheck -DSIZE=24 %s
// RUN: env GORACE=plain=1 GOMAXPROCS=1 %exits 134 %t 64 2>&1 | FileCheck -DSIZE=64 %s
// RUN: env GORACE=plain=1 GOMAXPROCS=1 %exits 134 %t 2000 2>&1 | FileCheck -DSIZE=2000 %s
// CHECK: WARNING: DATA RACE
// CHECK: Heap block of size [[SIZE]] at 0x{{[0-9a-f]+}} allocated by main goroutine:
// CHECK: fatal error: double free of a heap block of size [[SIZE]]
#include <baton/baton.hpp>
#include <cstdlib>
using namespace baton;

int main(int, char** argv) {
  void* block = malloc(static_cast<size_t>(atoi(argv[1])));
  WaitGroup wg;
  wg.add(2);
  for (int i = 0; i < 2; i++) {
    go([&] {
      free(block);
      wg.done();
    });
  }
  wg.wait();
}
