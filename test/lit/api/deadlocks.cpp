// SPDX-License-Identifier: Apache-2.0
//
// When everybody waits, the dump says for what.
//
// RUN: %baton_cxx %s -o %t
// RUN: for i in 0 1 2 3 4 5; do %exits 2 %t $i 2>&1 | FileCheck %s --check-prefixes=CHECK,CASE$i || exit 1; done
// RUN: %baton_cxx -race %s -o %t.race
// RUN: for i in 0 1 2 3 4 5; do %exits 2 %t.race $i 2>&1 | FileCheck %s --check-prefixes=CHECK,CASE$i || exit 1; done
// CHECK: fatal error: all goroutines are asleep - deadlock!
// CASE0: goroutine 1 [chan receive]:
// CASE1: goroutine 1 [chan send]:
// CASE2: goroutine 1 [chan receive (nil chan)]:
// CASE3: goroutine 1 [chan send (nil chan)]:
// CASE4: goroutine 1 [sync.Mutex.Lock]:
// CASE5: goroutine 1 [sync.WaitGroup.Wait]:
// CHECK: main
#include <baton/baton.hpp>
#include <cstdlib>
using namespace baton;

int main(int, char** argv) {
  auto c = make_chan<int>();
  Mutex mu;
  WaitGroup wg;
  switch (std::atoi(argv[1])) {
    case 0:
      c.recv();
      break;
    case 1:
      c << 1;
      break;
    case 2:
      chan<int>().recv();
      break;
    case 3:
      chan<int>() << 1;
      break;
    case 4:
      mu.lock();
      mu.lock();
      break;
    case 5:
      wg.add(1);
      wg.wait();
      break;
  }
}
