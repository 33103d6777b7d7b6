// SPDX-License-Identifier: Apache-2.0
//
// Fields that are checked together are still told apart: a write of a field that was not accessed does not race, and a
// race is reported at the field that was.
// RUN: for level in -O0 -O1 -O2 -O3; do %baton_cxx -race $level %s -o %t || exit 1; \
// RUN:   for field in 1 3 4 6; do %exits 0 %t $field || { echo $level: field $field; exit 1; }; done; \
// RUN:   for field in 0 2 5; do %exits 66 %t $field 2> %t.report || { echo $level: field $field; exit 1; }; \
// RUN:     FileCheck --check-prefix=FIELD$field %s < %t.report || exit 1; done || exit 1; done
// FIELD0: Write at 0x{{[0-9a-f]+}}0 by main
// FIELD2: Write at 0x{{[0-9a-f]+}}8 by main
// FIELD5: Write at 0x{{[0-9a-f]+}}4 by main
#include <cstdlib>

#include "Inputs/order.h"
using namespace baton;

struct alignas(64) Fields {
  int fields[7];
};

[[gnu::noinline]] int read_some(const Fields& all) { return all.fields[0] + all.fields[2] * 2 + all.fields[5] * 3; }

Fields all;

int main(int, char** argv) {
  int field = std::atoi(argv[1]);
  go([] {
    [[maybe_unused]] volatile int sum = read_some(all);
    next_turn();
  });
  await_turn(1);
  all.fields[field] = 1;
}
