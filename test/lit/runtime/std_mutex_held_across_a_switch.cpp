// SPDX-License-Identifier: Apache-2.0
//
// Goroutines that are made to wait, or to give way, while they hold a lock of the C++ library: others that want it
// block their threads meanwhile, so the holder must get a processor all the same, and unlocks on whatever thread it is.
// RUN: %baton_cxx -O1 %s -o %t && for p in 1 2 8; do env GOMAXPROCS=$p timeout 120 %t || exit 1; done
// RUN: %baton_cxx -O1 -race %s -o %t.race && for p in 1 2; do env GOMAXPROCS=$p timeout 120 %t.race || exit 1; done
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>

#include <baton/baton.hpp>
using namespace baton;

static std::mutex mu;
static long counter;  // guarded by mu

// Some milliseconds in a loop that polls.
static long compute() {
  volatile long x = 0;
  for (long i = 0; i < 2'000'000; i++) x = x + i;
  return x == 0 ? 0 : 1;
}

int main() {
  constexpr int kGoroutines = 8;
  constexpr int kRounds = 10;
  WaitGroup wg;
  for (int g = 0; g < kGoroutines; g++) {
    wg.go([g] {
      for (int i = 0; i < kRounds; i++) {
        std::scoped_lock lock(mu);
        const long before = counter;
        switch ((g + i) % 3) {
          case 0:
            gosched();
            break;
          case 1:
            sleep(1ms);
            break;
          default:
            compute();
            break;
        }
        counter = before + 1;
      }
    });
  }
  wg.wait();
  std::condition_variable changed;
  bool ready = false;
  go([&] {
    std::scoped_lock lock(mu);
    ready = true;
    changed.notify_one();
  });
  std::unique_lock lock(mu);
  changed.wait(lock, [&] { return ready; });
  if (counter != kGoroutines * kRounds) {
    std::printf("%ld\n", counter);
    std::exit(1);
  }
}
