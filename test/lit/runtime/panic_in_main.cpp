// SPDX-License-Identifier: Apache-2.0
//
// An exception that leaves main is reported like one that leaves any goroutine; main has no creator.
// RUN: %baton_cxx -O2 %s -o %t && %exits 2 %t 2>&1 | FileCheck %s
// RUN: %baton_cxx -O0 -race %s -o %t.race && %exits 2 %t.race 2>&1 | FileCheck %s
#include <baton/baton.hpp>
using namespace baton;

int main() { panic("no hope"); }
// CHECK: panic: no hope
// CHECK-EMPTY:
// CHECK-NEXT: goroutine 1 [running]:
// CHECK-NEXT: main()
// CHECK-NEXT: {{^	.*panic_in_main.cpp:9 \+0x[0-9a-f]+$}}
// CHECK-NOT: {{.}}
