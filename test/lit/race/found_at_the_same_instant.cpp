// SPDX-License-Identifier: Apache-2.0
//
// Two goroutines increment one variable at the same instant, on two processors: found every time. Every kind of first
// access to a line of the shadow is met: fresh memory, and memory with a history.
//
// RUN: %clangxx -std=c++20 -O1 -fno-exceptions -I%root -c %S/Inputs/count_findings.cpp -o %t.o
// RUN: for level in 0 2; do \
// RUN:   %baton_cxx -race -O$level %s %t.o -o %t && GOMAXPROCS=2 %t 10000 && GOMAXPROCS=8 %t 1000 || exit 1; \
// RUN: done
#include <sched.h>

#include <atomic>
#include <baton/baton.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>
using namespace baton;

extern std::atomic<long> findings;

namespace {

int arrived;

// Lets both go at once. Neither instrumented nor annotated.
[[clang::disable_sanitizer_instrumentation, gnu::noinline]] void meet(int count) {
  __atomic_fetch_add(&arrived, 1, __ATOMIC_SEQ_CST);
  for (int i = 0; __atomic_load_n(&arrived, __ATOMIC_SEQ_CST) < count; i++) {
    if (i % 1000 == 999) gosched();
  }
}

[[clang::disable_sanitizer_instrumentation, gnu::noinline]] long found() { return findings.load(); }

void increment(int* x, int count) {
  meet(count);
  ++*x;
}

}  // namespace

int main(int, char** argv) {
  const int rounds = std::atoi(argv[1]);
  static int kept[16];
  int missed = 0;
  for (int round = 0; round < rounds; round++) {
    const auto fresh = std::make_unique<int>(0);
    int* x = round % 2 == 0 ? fresh.get() : &kept[round % 16];
    const long before = found();
    WaitGroup wg;
    wg.add(2);
    for (int i = 0; i < 2; i++) {
      go([&wg, x, count = 2 * round + 2] {
        increment(x, count);
        wg.done();
      });
    }
    wg.wait();
    missed += found() == before ? 1 : 0;
  }
  if (missed != 0) std::printf("%d of %d missed\n", missed, rounds);
  return missed == 0 ? 0 : 1;
}
