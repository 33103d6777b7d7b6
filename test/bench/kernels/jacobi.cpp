// SPDX-License-Identifier: Apache-2.0
// Heat on a grid: four goroutines on bands, a WaitGroup after each step.
#include <vector>

#include "bench.hpp"

int main() {
  constexpr int n = 1024, workers = 4, steps = 60;
  std::vector<double> now(n * n), next(n * n);
  for (int i = 0; i < n; i++) now[i] = next[i] = 1000 + i;
  for (int step = 0; step < steps; step++) {
    WaitGroup wg;
    wg.add(workers);
    for (int w = 0; w < workers; w++) {
      go([&, w] {
        int first = w * n / workers, last = (w + 1) * n / workers;
        for (int i = first == 0 ? 1 : first; i < last && i < n - 1; i++) {
          for (int j = 1; j < n - 1; j++) {
            next[i * n + j] =
                (now[(i - 1) * n + j] + now[(i + 1) * n + j] + now[i * n + j - 1] + now[i * n + j + 1]) * 0.25;
          }
        }
        wg.done();
      });
    }
    wg.wait();
    std::swap(now, next);
  }
  double sum = 0;
  for (double x : now) sum += x;
  print_checksum(static_cast<int64_t>(sum));
}
