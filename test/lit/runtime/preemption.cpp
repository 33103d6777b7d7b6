// SPDX-License-Identifier: Apache-2.0
//
// Loops without calls give way: one that never ends does not stop the others, at any level of optimisation, with and
// without -race, compiled with polls and without (where the monitor takes the processor away).
// RUN: for o in -O0 -O1 -O2 -O3 "-O2 -fPIC" "-O1 -race" "-O2 -Xclang -mllvm -Xclang -baton-preempt=0"; do \
// RUN:   %baton_cxx $o %s -o %t || exit 1; env GOMAXPROCS=1 %t || exit 1; env GOMAXPROCS=2 %t || exit 1; done
#include <baton/baton.hpp>

#include <cstdlib>
#include <vector>
using namespace baton;
using namespace std::chrono_literals;

static volatile unsigned long x[8];

static void spin(int i) {
  for (;;) x[i]++;
}

// Registers of a loop survive a switch at its poll.
static double compute(const std::vector<double>& v, long rounds) {
  double sum = 0;
  for (long r = 0; r < rounds; r++) {
    for (const double d : v) sum += d * static_cast<double>(r % 7);
  }
  return sum;
}

int main() {
  const std::vector<double> v(1000, 1.5);
  const double expected = compute(v, 300);
  for (int i = 0; i < 4; i++) go(spin, i);
  auto results = make_chan<double>();
  for (int i = 0; i < 3; i++) go([&] { results << compute(v, 300); });
  for (int i = 0; i < 3; i++) {
    if (results.recv() != expected) std::abort();
  }
  for (int i = 0; i < 3; i++) sleep(1ms);
}
