// SPDX-License-Identifier: Apache-2.0
//
// An exception that leaves a goroutine: text, the stack that threw (nothing has been unwound), creator, exit status 2.
// RUN: %baton_cxx -O0 %s -o %t && %baton_cxx -O2 -race %s -o %t.race
// RUN: for t in %t %t.race; do for p in 1 2; do \
// RUN:   GOMAXPROCS=$p %exits 2 $t panic 2>&1 | FileCheck %s || exit 1; done; done
// RUN: %exits 2 %t number 2>&1 | FileCheck %s --check-prefix=NUMBER
// RUN: %exits 2 %t std 2>&1 | FileCheck %s --check-prefix=STD
// RUN: %exits 2 %t int 2>&1 | FileCheck %s --check-prefix=INT
// RUN: GOTRACEBACK=all %exits 2 %t panic 2>&1 | FileCheck %s --check-prefix=ALL
#include <baton/baton.hpp>
#include <cstdio>
#include <stdexcept>
#include <string>
using namespace baton;

struct Loud {
  ~Loud() { std::fprintf(stderr, "unwound\n"); }
};

[[gnu::noinline]] void fail(const std::string& how) {
  Loud loud;
  if (how == "panic") panic("boom");
  if (how == "number") panic(42);
  if (how == "std") throw std::runtime_error("bad");
  throw 3;
}

void worker(std::string how) { fail(how); }

int main(int, char** argv) {
  go(worker, std::string(argv[1]));
  make_chan<int>().recv();
}
// CHECK-NOT: unwound
// CHECK: {{^}}panic: boom
// CHECK-EMPTY:
// CHECK-NEXT: goroutine 2 [running]:
// CHECK-NEXT: fail(
// CHECK-NEXT: {{^	.*goroutine.cpp:23 \+0x[0-9a-f]+$}}
// CHECK-NEXT: worker(
// CHECK-NEXT: {{^	.*goroutine.cpp:29 \+0x[0-9a-f]+$}}
// CHECK-NEXT: created by main() in goroutine 1
// CHECK-NEXT: {{^	.*goroutine.cpp:32 \+0x[0-9a-f]+$}}
// CHECK-NOT: {{.}}

// NUMBER: {{^}}panic: 42
// STD: {{^}}panic: std::runtime_error: bad
// INT: {{^}}panic: exception of type int
// ALL: goroutine 2 [running]:
// ALL: goroutine 1 [chan receive]:
