// SPDX-License-Identifier: Apache-2.0
// Matrix-free power iteration: vectors read by all of four goroutines, written in parts.
#include <cmath>
#include <vector>

#include "bench.hpp"

constexpr int kSize = 1200, kWorkers = 4;
using Vector = std::vector<double>;

double element(int i, int j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }

void multiply(const Vector& in, Vector& out, bool transposed) {
  WaitGroup wg;
  wg.add(kWorkers);
  for (int w = 0; w < kWorkers; w++) {
    go([&, w] {
      for (int i = w * kSize / kWorkers; i < (w + 1) * kSize / kWorkers; i++) {
        double sum = 0;
        for (int j = 0; j < kSize; j++) sum += (transposed ? element(j, i) : element(i, j)) * in[j];
        out[i] = sum;
      }
      wg.done();
    });
  }
  wg.wait();
}

int main() {
  Vector u(kSize, 1), v(kSize), t(kSize);
  for (int i = 0; i < 10; i++) {
    multiply(u, t, false);
    multiply(t, v, true);
    multiply(v, t, false);
    multiply(t, u, true);
  }
  double uv = 0, vv = 0;
  for (int i = 0; i < kSize; i++) {
    uv += u[i] * v[i];
    vv += v[i] * v[i];
  }
  print_checksum(static_cast<int64_t>(std::sqrt(uv / vv) * 1e8));
}
