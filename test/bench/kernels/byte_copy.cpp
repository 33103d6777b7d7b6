// SPDX-License-Identifier: Apache-2.0
// Bytes copied and changed one by one, from one buffer to another.
#include <vector>

#include "bench.hpp"

int main() {
  constexpr size_t n = 4'000'000;
  constexpr int rounds = 12;
  std::vector<unsigned char> from(n), to(n);
  Random random;
  for (unsigned char& byte : from) byte = static_cast<unsigned char>(random.next());
  int64_t sum = 0;
  for (int round = 0; round < rounds; round++) {
    size_t out = 0;
    for (size_t i = 0; i < n; i++) {
      if (from[i] == '\r') continue;
      to[out++] = from[i] >= 'a' && from[i] <= 'z' ? static_cast<unsigned char>(from[i] - 32) : from[i];
    }
    sum += static_cast<int64_t>(out) + to[out / 2];
    std::swap(from, to);
  }
  print_checksum(sum);
}
