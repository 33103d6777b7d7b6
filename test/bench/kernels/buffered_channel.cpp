// SPDX-License-Identifier: Apache-2.0
// One producer, four consumers, a channel of a hundred places.
#include "bench.hpp"

int main() {
  constexpr int workers = 4, items = 500'000;
  auto jobs = make_chan<int64_t>(100);
  int64_t sums[workers] = {};
  WaitGroup wg;
  wg.add(workers);
  for (int w = 0; w < workers; w++) {
    go([&, w, jobs]() mutable {
      int64_t sum = 0;
      while (auto job = jobs.recv_opt()) sum += *job % 97;
      sums[w] = sum;
      wg.done();
    });
  }
  for (int64_t i = 0; i < items; i++) jobs.send(i);
  close(jobs);
  wg.wait();
  int64_t total = 0;
  for (int64_t sum : sums) total += sum;
  print_checksum(total);
}
