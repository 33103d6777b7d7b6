// SPDX-License-Identifier: Apache-2.0
//
// When everybody waits in a select, a lock, a Once or a Cond, the dump says so.
//
// RUN: %baton_cxx %s -o %t
// RUN: for i in 0 1 2 3 4 5 6; do %exits 2 %t $i 2>&1 | FileCheck %s --check-prefixes=CHECK,CASE$i || exit 1; done
// RUN: %baton_cxx -race %s -o %t.race
// RUN: for i in 0 1 2 3 4 5 6; do %exits 2 %t.race $i 2>&1 | FileCheck %s --check-prefixes=CHECK,CASE$i || exit 1; done
// CHECK: fatal error: all goroutines are asleep - deadlock!
// CASE0: goroutine 1 [select (no cases)]:
// CASE1: goroutine 1 [select]:
// CASE2: goroutine 1 [chan receive]:
// CASE3: goroutine 1 [sync.RWMutex.RLock]:
// CASE4: goroutine 1 [sync.RWMutex.Lock]:
// CASE5: goroutine 1 [sync.Cond.Wait]:
// CASE6: goroutine 1 [sync.Once.Do]:
// CHECK: main
#include <baton/baton.hpp>
#include <cstdlib>
using namespace baton;

int main(int, char** argv) {
  auto c = make_chan<int>();
  Mutex mu;
  RWMutex rw;
  Cond cond(mu);
  Once once;
  switch (std::atoi(argv[1])) {
    case 0:
      select();
      break;
    case 1:
      return static_cast<int>(select(on_recv(c), on_send(c, 1)));
    case 2:
      return static_cast<int>(select(on_recv(c)));
    case 3:
      rw.lock();
      rw.rlock();
      break;
    case 4:
      rw.rlock();
      rw.lock();
      break;
    case 5:
      mu.lock();
      cond.wait();
      break;
    case 6:
      once.call([&] { once.call([] {}); });
      break;
  }
}
