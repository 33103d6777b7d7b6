// SPDX-License-Identifier: Apache-2.0
//
// However the program ends, the races found are counted; status 66 only if the program's own would be 0.
// RUN: %baton_cxx -race -O1 %s -o %t
// RUN: %exits 66 %t return 2>&1 | FileCheck %s
// RUN: %exits 66 %t exit0 2>&1 | FileCheck %s
// RUN: %exits 3 %t exit3 2>&1 | FileCheck %s
// RUN: %exits 3 %t goroutine 2>&1 | FileCheck %s
// RUN: %exits 2 %t panic 2>&1 | FileCheck %s --check-prefixes=CHECK,PANIC
// RUN: %exits 2 %t deadlock 2>&1 | FileCheck %s --check-prefixes=CHECK,DEADLOCK
#include <baton/baton.hpp>
#include <cstdlib>
#include <string>
using namespace baton;

int shared;

int main(int, char** argv) {
  gomaxprocs(1);  // the goroutine has run when gosched returns
  const std::string how = argv[1];
  go([] { shared = 1; });
  gosched();
  shared = 2;
  if (how == "exit0") std::exit(0);
  if (how == "exit3") std::exit(3);
  if (how == "panic") panic("after a race");
  if (how != "return") {
    if (how == "goroutine") go([] { std::exit(3); });
    make_chan<int>().recv();
  }
}
// CHECK: WARNING: DATA RACE
// CHECK: Found 1 data race(s)
// PANIC: panic: after a race
// DEADLOCK: fatal error: all goroutines are asleep - deadlock!
