// SPDX-License-Identifier: Apache-2.0
//
// Listing 6.4 of the book, with as many numbers as each goroutine needs 200 ms of processor time for: on one logical
// processor the two take turns. The primes of both are right and in order, as the switches keep the loops' registers.
// RUN: for o in "-O0" "-O2" "-O2 -race"; do %baton_cxx $o %s -o %t || exit 1; \
// RUN:   for i in 1 2 3; do timeout 120 %t | FileCheck %s || exit 1; done; done
#include <time.h>

#include <baton/baton.hpp>
#include <string>
#include <vector>
using namespace baton;
using namespace std::chrono_literals;

// The processor time of the whole process, which runs one goroutine at a time.
static std::chrono::nanoseconds used() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

WaitGroup wg;
Mutex mu;                       // not held while they compute
std::string turns;              // who found a prime after the other one had; guarded by mu
std::vector<int> primes_of[2];  // of A and B

static void find_primes(char prefix, std::vector<int>* primes) {
  defer(wg.done());
  for (int outer = 2; used() < 400ms; outer++) {
    for (int inner = 2; inner < outer; inner++) {
      if (outer % inner == 0) goto next;
    }
    primes->push_back(outer);
    {
      std::scoped_lock lock(mu);
      if (turns.empty() || turns.back() != prefix) turns += prefix;
    }
  next:;
  }
}

static bool right(const std::vector<int>& primes) {
  int expected = 2;
  for (const int p : primes) {
    if (p != expected) return false;
    bool prime = false;
    while (!prime) {
      expected++;
      prime = true;
      for (int d = 2; d * d <= expected && prime; d++) prime = expected % d != 0;
    }
  }
  return true;
}

int main() {
  gomaxprocs(1);
  wg.add(2);
  go(find_primes, 'A', &primes_of[0]);
  go(find_primes, 'B', &primes_of[1]);
  wg.wait();
  std::printf("%s\n", turns.c_str());
  for (const auto& primes : primes_of) std::printf("%s\n", right(primes) ? "right" : "wrong");
}
// CHECK: {{^(ABAB|BABA)}}
// CHECK-NEXT: right
// CHECK-NEXT: right
