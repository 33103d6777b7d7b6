// SPDX-License-Identifier: Apache-2.0
// A loop in which a check remains in each turn is not unrolled, so that one access of the source stays one call of the
// detector; one whose accesses move evenly may be.
// RUN: %baton_cxx -race -O2 -S -emit-llvm %s -o - | FileCheck %s

long uneven(const long* table, unsigned long at) {
  long sum = 0;
  for (unsigned long k = 0; k < 8; k++) sum += table[(at + k) % 4096] % 4096;
  return sum;
}
// CHECK-LABEL: define {{.*}} @_Z6unevenPKlm(
// CHECK: @__baton_cold_read8
// CHECK-NOT: @__baton_cold_read8

long even(const long* table) {
  long sum = 0;
  for (unsigned long k = 0; k < 8; k++) sum += table[k] % 4096;
  return sum;
}
// CHECK-LABEL: define {{.*}} @_Z4evenPKl(
// CHECK-NOT: phi i64
// CHECK: ret i64
