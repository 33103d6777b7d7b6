// SPDX-License-Identifier: Apache-2.0
//
// goexit() in main runs main's deferred calls and lets the other goroutines finish; then Go's own fatal error.
// RUN: %baton_cxx %s -o %t && for p in 1 2; do GOMAXPROCS=$p %exits 2 %t 2>&1 | FileCheck %s || exit 1; done
#include <baton/baton.hpp>
#include <cstdio>
using namespace baton;

int main() {
  defer(std::puts("deferred in main"));
  go([] {
    for (int i = 0; i < 100; i++) gosched();
    std::puts("goroutine finished");
  });
  goexit();
}
// CHECK-DAG: deferred in main
// CHECK-DAG: goroutine finished
// CHECK: fatal error: no goroutines (main called runtime.Goexit) - deadlock!
// CHECK-NOT: {{.}}
