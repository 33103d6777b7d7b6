// SPDX-License-Identifier: Apache-2.0
//
// A deadlock is found when threads of the program wait for goroutines too, and not while such a thread may still act.
// RUN: %baton_cxx -O1 %s -o %t && %baton_cxx -O1 -race %s -o %t.race
// RUN: for t in %t %t.race; do for p in 1 2 8; do \
// RUN:   GOMAXPROCS=$p timeout 60 %exits 2 $t dead 2>&1 | FileCheck %s || exit 1; \
// RUN:   GOMAXPROCS=$p timeout 60 $t alive 2>&1 | FileCheck %s --check-prefix=ALIVE || exit 1; done; done
#include <unistd.h>

#include <baton/baton.hpp>
#include <cstring>
#include <thread>
using namespace baton;

int main(int, char** argv) {
  const bool dead = std::strcmp(argv[1], "dead") == 0;
  auto c = make_chan<int>();
  auto never = make_chan<int>();
  std::thread a([=] { never.recv(); });
  a.detach();
  std::thread b([=] {
    ::usleep(300'000);
    if (dead) never.recv();
    c << 5;
  });
  b.detach();
  std::printf("received %d\n", c.recv());
}
// CHECK: fatal error: all goroutines are asleep - deadlock!
// CHECK: goroutine 1 [chan receive]:
// CHECK-NEXT: main()
// ALIVE: received 5
// ALIVE-NOT: fatal
