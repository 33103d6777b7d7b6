// SPDX-License-Identifier: Apache-2.0
// Many short goroutines, started in waves and waited for.
#include "bench.hpp"

int main() {
  constexpr int waves = 400, width = 100;
  int64_t results[width] = {};
  int64_t sum = 0;
  for (int wave = 0; wave < waves; wave++) {
    WaitGroup wg;
    wg.add(width);
    for (int i = 0; i < width; i++) {
      go([&, i, wave] {
        int64_t x = i;
        for (int k = 0; k < 50; k++) x = (x * 31 + wave) % 1009;
        results[i] = x;
        wg.done();
      });
    }
    wg.wait();
    for (int64_t x : results) sum += x;
  }
  print_checksum(sum);
}
