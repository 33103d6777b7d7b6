// SPDX-License-Identifier: Apache-2.0
//
// The process ends with main, whatever other goroutines do, and with main's status; static destructors run.
// RUN: %baton_cxx %s -o %t && %baton_cxx -race %s -o %t.race
// RUN: for t in %t %t.race; do for p in 1 2 8; do \
// RUN:   GOMAXPROCS=$p %exits 9 $t | FileCheck %s || exit 1; done; done
#include <baton/baton.hpp>
#include <cstdio>
using namespace baton;

struct Global {
  ~Global() { std::puts("static destructor"); }
} global;

int main() {
  for (int i = 0; i < 20; i++) {
    go([] {
      for (;;) gosched();
    });
  }
  for (int i = 0; i < 100; i++) gosched();
  return 9;
}
// CHECK: static destructor
