// SPDX-License-Identifier: Apache-2.0
// Sieve of Eratosthenes over one byte a number.
#include <vector>

#include "bench.hpp"

int main() {
  constexpr int n = 8'000'000, rounds = 4;
  int64_t sum = 0;
  std::vector<char> composite(n);
  for (int round = 0; round < rounds; round++) {
    for (char& c : composite) c = 0;
    for (int i = 2; i * i < n; i++) {
      if (composite[i]) continue;
      for (int j = i * i; j < n; j += i) composite[j] = 1;
    }
    for (int i = 2; i < n; i++) sum += composite[i] ? 0 : i;
  }
  print_checksum(sum);
}
