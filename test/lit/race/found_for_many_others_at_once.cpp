// SPDX-License-Identifier: Apache-2.0
//
// One access that races with many earlier ones, from as many places: each is reported, for a plain access, for an
// atomic one, and for one deep in a recursion.
//
// RUN: %baton_cxx -race -O1 %s -o %t
// RUN: for how in plain atomic recursion; do %exits 66 %t $how 2>&1 | FileCheck %s || exit 1; done
// CHECK: Found 40 data race(s)
#include <cstring>
#include <utility>

#include "Inputs/order.h"
using namespace baton;

static int x;

template <int N>
[[gnu::noinline]] static void read_from_its_own_place() {
  if (x + N == 1000) next_turn();
}

[[gnu::noinline]] static void write_below(int depth) {
  if (depth > 0) {
    write_below(depth - 1);
  } else {
    x = 1;
  }
  asm volatile("");  // the call is not a jump
}

template <int... N>
static void start_readers(std::integer_sequence<int, N...>) {
  (go([] {
     read_from_its_own_place<N>();
     next_turn();
   }),
   ...);
}

int main(int, char** argv) {
  start_readers(std::make_integer_sequence<int, 40>());
  await_turn(40);
  if (std::strcmp(argv[1], "plain") == 0) x = 1;
  if (std::strcmp(argv[1], "atomic") == 0) atomic_store(&x, 1);
  if (std::strcmp(argv[1], "recursion") == 0) write_below(20);
}
