// SPDX-License-Identifier: Apache-2.0
//
// Values in vector registers survive the cold call of a check, also when it reports a race: the sums are right.
// RUN: %baton_cxx -race -O2 -mavx2 %s -o %t && %exits 66 %t 2>&1 | FileCheck %s
// RUN: %baton_cxx -race -O3 %s -o %t && %exits 66 %t 2>&1 | FileCheck %s
// CHECK: WARNING: DATA RACE
// CHECK: the sums are right
// CHECK: Found {{[1-9][0-9]*}} data race(s)
#include <baton/baton.hpp>
#include <cstdio>

using namespace baton;

double shared[64];

// Keeps many sums in registers over the checks of what it reads.
[[gnu::noinline]] bool sums_are_right(const double* values, int n) {
  double s[8] = {};
  for (int i = 0; i < n; i += 8) {
    for (int k = 0; k < 8; k++) s[k] += values[i + k] * (k + 1);
  }
  for (int k = 0; k < 8; k++) {
    if (s[k] != (k + 1) * (n / 8)) return false;
  }
  return true;
}

int main() {
  for (double& value : shared) value = 1;
  WaitGroup wg;
  wg.add(2);
  bool right[2] = {};
  go([&] {
    right[0] = sums_are_right(shared, 64);
    wg.done();
  });
  go([&] {
    for (double& value : shared) value = 1;  // not ordered with the reads
    right[1] = sums_are_right(shared, 64);
    wg.done();
  });
  wg.wait();
  std::puts(right[0] && right[1] ? "the sums are right" : "wrong sums");
  std::fflush(stdout);
}
