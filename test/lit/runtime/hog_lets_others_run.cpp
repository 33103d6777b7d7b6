// SPDX-License-Identifier: Apache-2.0
//
// A goroutine that computes for ever stops the others for 50 ms at most. Measured in processor time of the process, and
// for most turns, so that other programs on the machine do not count.
// RUN: for o in -O0 -O2 "-O2 -race" "-O2 -Xclang -mllvm -Xclang -baton-preempt=0"; do \
// RUN:   %baton_cxx $o %s -o %t || exit 1; env GOMAXPROCS=1 timeout 120 %t | FileCheck %s || exit 1; done
#include <time.h>

#include <baton/baton.hpp>
#include <cstdio>
using namespace baton;

static volatile unsigned long x;

static long used_milliseconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

int main() {
  go([] {
    for (;;) x = x + 1;
  });
  int turns = 0;
  int late = 0;
  for (; turns < 21; turns++) {
    const long before = used_milliseconds();
    gosched();
    if (used_milliseconds() - before > 50) late++;
  }
  std::puts(late <= turns / 2 ? "in time" : "late");
}
// CHECK: in time
