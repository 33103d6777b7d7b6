// SPDX-License-Identifier: Apache-2.0
// Matrix product, by four goroutines on bands of rows.
#include <vector>

#include "bench.hpp"

int main() {
  constexpr int n = 512, workers = 4;
  std::vector<double> a(n * n), b(n * n), c(n * n);
  for (int i = 0; i < n * n; i++) {
    a[i] = i % 7;
    b[i] = i % 5;
  }
  WaitGroup wg;
  wg.add(workers);
  for (int w = 0; w < workers; w++) {
    go([&, w] {
      for (int i = w * n / workers; i < (w + 1) * n / workers; i++) {
        for (int k = 0; k < n; k++) {
          double x = a[i * n + k];
          for (int j = 0; j < n; j++) c[i * n + j] += x * b[k * n + j];
        }
      }
      wg.done();
    });
  }
  wg.wait();
  double sum = 0;
  for (double x : c) sum += x;
  print_checksum(static_cast<int64_t>(sum));
}
