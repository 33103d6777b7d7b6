// SPDX-License-Identifier: Apache-2.0
//
// Unlocking a mutex that is not locked ends the process; it cannot be caught.
//
// RUN: %baton_cxx %s -o %t
// RUN: %exits 2 %t 2>&1 | FileCheck %s
// RUN: %baton_cxx -race %s -o %t.race
// RUN: %exits 2 %t.race 2>&1 | FileCheck %s
#include <baton/baton.hpp>
using namespace baton;

int main() {
  Mutex mu;
  mu.lock();
  mu.unlock();
  try {
    mu.unlock();
  } catch (...) {
    std::puts("caught");
  }
}
// CHECK: fatal error: sync: unlock of unlocked mutex
// CHECK-NOT: caught
