// SPDX-License-Identifier: Apache-2.0
//
// The process ends with main, whatever other goroutines do, and with main's status; static destructors run, while the
// goroutines do not.
// RUN: %baton_cxx %s -o %t && %baton_cxx -race %s -o %t.race
// RUN: for t in %t %t.race; do for p in 1 2 8; do \
// RUN:   GOMAXPROCS=$p %exits 9 $t | FileCheck %s || exit 1; done; done
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <baton/baton.hpp>
#include <cstdio>
using namespace baton;

std::atomic<long> turns;

struct Global {
  ~Global() {
    for (int i = 0; i < 200; i++) {
      const long before = turns;
      const timespec pause = {.tv_sec = 0, .tv_nsec = 50'000'000};
      syscall(SYS_nanosleep, &pause, nullptr);  // not as a goroutine, which would let the others run
      if (i > 2 && turns == before) {
        std::puts("static destructor");
        return;
      }
    }
  }
} global;

int main() {
  for (int i = 0; i < 20; i++) {
    go([] {
      for (;;) {
        turns++;
        gosched();
      }
    });
  }
  for (int i = 0; i < 100; i++) gosched();
  return 9;
}
// CHECK: static destructor
