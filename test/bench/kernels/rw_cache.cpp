// SPDX-License-Identifier: Apache-2.0
// A table behind a reader-writer lock: eight goroutines, one write in a hundred.
#include <vector>

#include "bench.hpp"

int main() {
  constexpr int workers = 8, requests = 150'000, n = 4096;
  std::vector<int64_t> table(n);
  for (int i = 0; i < n; i++) table[i] = i;
  RWMutex mutex;
  int64_t sums[workers] = {};
  WaitGroup wg;
  wg.add(workers);
  for (int w = 0; w < workers; w++) {
    go([&, w] {
      Random random;
      random.state += static_cast<uint64_t>(w);
      int64_t sum = 0;
      for (int i = 0; i < requests; i++) {
        uint64_t at = random.next() % n;
        if (i % 100 == 0) {
          mutex.lock();
          table[at] += n;
          mutex.unlock();
        } else {
          mutex.rlock();
          for (uint64_t k = 0; k < 8; k++) sum += table[(at + k) % n] % n;
          mutex.runlock();
        }
      }
      sums[w] = sum;
      wg.done();
    });
  }
  wg.wait();
  int64_t total = 0;
  for (int64_t sum : sums) total += sum;
  print_checksum(total);
}
