// SPDX-License-Identifier: Apache-2.0
//
// A program that needs more threads than it may have ends with Go's text; set_max_threads returns the previous number.
// RUN: %baton_cxx -O1 %s -o %t && %exits 2 %t 2>&1 | FileCheck %s
// RUN: %exits 2 %t below 2>&1 | FileCheck --check-prefix=BELOW %s
#include <unistd.h>
#include <baton/baton.hpp>
using namespace baton;

int main(int argc, char**) {
  std::printf("%d\n", set_max_threads(20));
  std::printf("%d\n", set_max_threads(20));
  std::fflush(stdout);
  if (argc > 1) set_max_threads(0);
  for (int i = 0; i < 100; i++) go([] { blocking([] { ::pause(); }); });
  WaitGroup wg;
  wg.add(1);
  wg.wait();
}
// CHECK: 10000
// CHECK-NEXT: 20
// CHECK-NEXT: runtime: program exceeds 20-thread limit
// CHECK-NEXT: fatal error: thread exhaustion
// BELOW: runtime: program exceeds 0-thread limit
// BELOW-NEXT: fatal error: thread exhaustion
