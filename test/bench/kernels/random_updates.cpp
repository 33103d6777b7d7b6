// SPDX-License-Identifier: Apache-2.0
// Updates at random places of a table of 8 MB.
#include <vector>

#include "bench.hpp"

int main() {
  constexpr size_t n = 1 << 20;
  std::vector<uint64_t> table(n);
  Random random;
  for (int i = 0; i < 20'000'000; i++) {
    uint64_t at = random.next();
    table[at % n] ^= at;
  }
  uint64_t sum = 0;
  for (uint64_t x : table) sum += x % 1021;
  print_checksum(static_cast<int64_t>(sum));
}
