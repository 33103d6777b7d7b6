// SPDX-License-Identifier: Apache-2.0
//
// A lock that will never be free is a deadlock, also with the detector, where waiters pause before they queue up.
// RUN: %baton_cxx -O1 %s -o %t && for p in 1 2 8; do \
// RUN:   GOMAXPROCS=$p %exits 2 %t 2>&1 | FileCheck %s || exit 1; done
// RUN: %baton_cxx -O1 -race %s -o %t.race && for p in 1 2 8; do \
// RUN:   GOMAXPROCS=$p %exits 2 %t.race 2>&1 | FileCheck %s || exit 1; done
#include <baton/baton.hpp>
using namespace baton;

int main() {
  Mutex mu;
  mu.lock();
  WaitGroup wg;
  wg.go([&] {
    mu.lock();
    mu.unlock();
  });
  wg.wait();
}
// CHECK: fatal error: all goroutines are asleep - deadlock!
// CHECK: goroutine 1 [sync.WaitGroup.Wait]:
// CHECK: goroutine 2 [sync.Mutex.Lock]:
