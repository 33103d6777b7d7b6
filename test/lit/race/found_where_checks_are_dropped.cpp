// SPDX-License-Identifier: Apache-2.0
//
// Races that an elimination of checks would miss if it forgot one of its conditions. Each is found at every level; with
// the condition switched off it is not, which shows that the program depends on it.
// DEFINE: %{build} = %baton_cxx -race %s -o %t
// DEFINE: %{unsound} = -Xclang -mllvm -Xclang -baton-unsound
// RUN: for level in -O0 -O1 -O2 -O3; do %{build} $level && for i in 1 2 3 4 5 6 7 8; do \
// RUN:   %exits 66 %t $i > /dev/null 2>&1 || { echo $level: case $i; exit 1; }; done || exit 1; done
// RUN: %{build} -O2 && for i in 1 2 3 4 5 6 7 8; do %t $i > %t.out 2>&1; FileCheck %s < %t.out || exit 1; done
// RUN: %{build} -O2 %{unsound}-availability -Xclang -mllvm -Xclang -baton-read-before-write=false
// RUN: %exits 0 %t 1
// RUN: %exits 0 %t 2
// RUN: %{build} -O2 %{unsound}-read-before-write
// RUN: %exits 0 %t 3
// RUN: %exits 0 %t 4
// RUN: %{build} -O2 %{unsound}-loops
// RUN: %exits 0 %t 5
// RUN: %exits 0 %t 6
// RUN: %{build} -O2 %{unsound}-fields
// RUN: %exits 0 %t 7
// RUN: %{build} -O2 %{unsound}-publication
// RUN: %exits 0 %t 8
// CHECK: WARNING: DATA RACE
// CHECK: Found 1 data race(s)
#include <atomic>
#include <cstdlib>

#include "Inputs/order.h"
using namespace baton;

int shared;
std::atomic<int> flag;

// The second write comes after the release that the reader sees.
[[gnu::noinline]] void write_twice() {
  shared = 1;
  flag.store(1, std::memory_order_release);
  shared = 2;
}

[[gnu::noinline]] int read_after_acquire() {
  int seen = flag.load(std::memory_order_acquire);
  return seen + shared;
}

// The same, with the release in a function of its own.
[[gnu::noinline]] void publish() { flag.store(1, std::memory_order_release); }

[[gnu::noinline]] void write_twice_around_a_call() {
  shared = 1;
  publish();
  shared = 2;
}

// The read comes before the acquire that orders the write.
[[gnu::noinline]] void read_acquire_write() {
  int old = shared;
  int seen = flag.load(std::memory_order_acquire);
  shared = old + seen;
}

[[gnu::noinline]] int learn() { return flag.load(std::memory_order_acquire); }

[[gnu::noinline]] void read_call_write() {
  int old = shared;
  int seen = learn();
  shared = old + seen;
}

int array[8];

// Each turn reads before it learns of the write.
[[gnu::noinline]] int read_in_a_loop(int n) {
  int sum = 0;
  for (int i = 0; i < n; i++) {
    sum += array[i];
    sum += flag.load(std::memory_order_acquire);
  }
  return sum;
}

[[gnu::noinline]] int read_in_a_loop_that_calls(int n) {
  int sum = 0;
  for (int i = 0; i < n; i++) {
    sum += array[i];
    sum += learn();
  }
  return sum;
}

[[gnu::noinline]] void write_element_and_release() {
  array[0] = 1;
  flag.store(1, std::memory_order_release);
}

struct Fields {
  int first;
  int second;
} fields;

// The second field is written after the release that the reader sees.
[[gnu::noinline]] void write_two_fields() {
  fields.first = 1, flag.store(1, std::memory_order_release), fields.second = 2;  // one line: else not merged
}

[[gnu::noinline]] int read_field() {
  int seen = flag.load(std::memory_order_acquire);
  return seen + fields.second;
}

std::atomic<int*> published;

// Relaxed operations do not race, and order nothing.
[[gnu::noinline]] void write_and_publish() {
  int* fresh = new int;
  *fresh = 1;
  published.store(fresh, std::memory_order_relaxed);
}

[[gnu::noinline]] int read_published() { return *published.load(std::memory_order_relaxed); }

[[gnu::noinline]] void write_and_release() {
  shared = 1;
  flag.store(1, std::memory_order_release);
}

void one_after_the_other(void (*first)(), void (*second)()) {
  go([=] {
    first();
    next_turn();
  });
  await_turn(1);
  second();
}

int main(int, char** argv) {
  switch (std::atoi(argv[1])) {
    case 1:
      one_after_the_other(write_twice, [] { (void)read_after_acquire(); });
      break;
    case 2:
      one_after_the_other(write_twice_around_a_call, [] { (void)read_after_acquire(); });
      break;
    case 3:
      one_after_the_other(write_and_release, read_acquire_write);
      break;
    case 4:
      one_after_the_other(write_and_release, read_call_write);
      break;
    case 7:
      one_after_the_other(write_two_fields, [] { (void)read_field(); });
      break;
    case 8:
      one_after_the_other(write_and_publish, [] { (void)read_published(); });
      break;
    case 5:
      one_after_the_other(write_element_and_release, [] { (void)read_in_a_loop(8); });
      break;
    case 6:
      one_after_the_other(write_element_and_release, [] { (void)read_in_a_loop_that_calls(8); });
      break;
  }
}
