// SPDX-License-Identifier: Apache-2.0
//
// A loop with a poll stops when its time is over: with one processor nothing else computes while main does. Without
// polls the monitor would let main run too, on another thread. For most turns, since it does that also to a thread that
// waits.
// RUN: for o in -O0 -O2 "-O2 -race"; do \
// RUN:   %baton_cxx $o %s -o %t || exit 1; env GOMAXPROCS=1 timeout 120 %t | FileCheck %s || exit 1; done
#include <time.h>

#include <baton/baton.hpp>
#include <cstdio>
using namespace baton;

static std::atomic<unsigned long> x;

static long used_microseconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000 + now.tv_nsec / 1'000;
}

// More than a few times: it may be on its way to the next poll.
BATON_NO_PREEMPT static bool changes_meanwhile() {
  const unsigned long before = x;
  const long start = used_microseconds();
  while (used_microseconds() - start < 2'000) {
  }
  return x - before > 10'000;
}

int main() {
  go([] {
    for (;;) x++;
  });
  int turns = 0;
  int beside = 0;
  for (; turns < 21; turns++) {
    gosched();
    if (changes_meanwhile()) beside++;
  }
  std::puts(x != 0 && beside <= turns / 2 ? "alone" : "beside another");
}
// CHECK: alone
