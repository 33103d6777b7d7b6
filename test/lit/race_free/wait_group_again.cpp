// SPDX-License-Identifier: Apache-2.0
//
// A WaitGroup made again and again at one place, used by another goroutine each time: what is remembered of its memory
// does not grow with the rounds.
//
// RUN: %baton_cxx -race -O2 %s -o %t
// RUN: env GOMAXPROCS=1 %t | FileCheck %s
// RUN: env GOMAXPROCS=2 %t | FileCheck %s
// CHECK: 20000
#include <baton/baton.hpp>
#include <cstdio>
using namespace baton;

int main() {
  int rounds = 0;
  for (int i = 0; i < 20'000; i++) {
    WaitGroup wg;
    wg.add(1);
    go([&] {
      rounds++;
      wg.done();
    });
    wg.wait();
  }
  std::printf("%d\n", rounds);
}
