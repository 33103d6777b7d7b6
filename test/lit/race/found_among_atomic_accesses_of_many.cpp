// SPDX-License-Identifier: Apache-2.0
//
// An atomic variable that many goroutines use, and then a plain write that knows of all but one of them: that one is
// found, however many came after it.
//
// RUN: %baton_cxx -race -O1 %s -o %t
// RUN: for others in 0 1 3 18 19 20 45 70 300; do \
// RUN:   for kind in add load; do \
// RUN:     (%t $others $kind 2>&1; echo "$others $kind: status $?") | FileCheck %s || exit 1; \
// RUN:   done; \
// RUN: done
// CHECK: WARNING: DATA RACE
// CHECK-NEXT: Write at {{.*}} by main goroutine
// CHECK: Previous {{read|write}} at {{.*}} by goroutine 3
// CHECK-NEXT: use()
// CHECK-NEXT: .cpp
// CHECK-NEXT: forgotten()
// CHECK: Found 1 data race(s)
// CHECK: status 66
#include <atomic>
#include <baton/baton.hpp>
#include <chrono>
#include <cstdlib>
#include <cstring>
using namespace baton;

std::atomic<int> shared{0};
bool adds;

void use() {
  if (adds) {
    shared.fetch_add(1, std::memory_order_relaxed);
  } else {
    (void)shared.load(std::memory_order_relaxed);
  }
}

[[gnu::noinline]] void forgotten() { use(); }

int main(int, char** arguments) {
  const int others = std::atoi(arguments[1]);
  adds = std::strcmp(arguments[2], "add") == 0;
  WaitGroup wg;
  wg.go([] { use(); });
  sleep(std::chrono::milliseconds(2));
  go([] { forgotten(); });
  sleep(std::chrono::milliseconds(2));
  for (int i = 0; i < others; i++) wg.go([] { use(); });
  wg.wait();
  reinterpret_cast<int&>(shared) = 0;
}
