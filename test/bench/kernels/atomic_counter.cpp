// SPDX-License-Identifier: Apache-2.0
// Eight goroutines add to one atomic counter, with a little work of their own in between.
#include <atomic>

#include "bench.hpp"

std::atomic<int64_t> counter;

int main() {
  constexpr int workers = 8, rounds = 500'000;
  std::atomic<int64_t> total = 0;
  WaitGroup wg;
  wg.add(workers);
  for (int w = 0; w < workers; w++) {
    go([&] {
      Random random;
      uint64_t mixed = 0;
      for (int i = 0; i < rounds; i++) {
        mixed ^= random.next();
        counter.fetch_add(1);
      }
      total += static_cast<int64_t>(mixed % 1000);
      wg.done();
    });
  }
  wg.wait();
  print_checksum(counter + total);
}
