// SPDX-License-Identifier: Apache-2.0
// A picture: eight goroutines take rows from an atomic counter; nearly all work is in registers.
#include <atomic>
#include <vector>

#include "bench.hpp"

int main() {
  constexpr int size = 600, workers = 8, limit = 100;
  std::vector<unsigned char> picture(size * size);
  std::atomic<int> next_row = 0;
  WaitGroup wg;
  wg.add(workers);
  for (int w = 0; w < workers; w++) {
    go([&] {
      for (int y = next_row++; y < size; y = next_row++) {
        for (int x = 0; x < size; x++) {
          double cr = 2.0 * x / size - 1.5, ci = 2.0 * y / size - 1, zr = 0, zi = 0;
          int n = 0;
          for (; n < limit && zr * zr + zi * zi < 4; n++) {
            double r = zr * zr - zi * zi + cr;
            zi = 2 * zr * zi + ci;
            zr = r;
          }
          picture[y * size + x] = static_cast<unsigned char>(n);
        }
      }
      wg.done();
    });
  }
  wg.wait();
  int64_t sum = 0;
  for (unsigned char n : picture) sum += n;
  print_checksum(sum);
}
