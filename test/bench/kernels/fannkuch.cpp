// SPDX-License-Identifier: Apache-2.0
// Pancake flipping over all permutations of ten: short loops over a small array.
#include <vector>

#include "bench.hpp"

int main() {
  constexpr int n = 10;
  std::vector<int> permutation(n), copy(n), count(n);
  for (int i = 0; i < n; i++) permutation[i] = i;
  int flips_max = 0, r = n, parity = 0;
  int64_t sum = 0;
  for (;;) {
    for (; r != 1; r--) count[r - 1] = r;
    for (int i = 0; i < n; i++) copy[i] = permutation[i];
    int flips = 0;
    for (int first = copy[0]; first != 0; first = copy[0]) {
      for (int lo = 0, hi = first; lo < hi; lo++, hi--) {
        int held = copy[lo];
        copy[lo] = copy[hi];
        copy[hi] = held;
      }
      flips++;
    }
    if (flips > flips_max) flips_max = flips;
    sum += parity == 0 ? flips : -flips;
    for (;;) {
      if (r == n) {
        print_checksum(sum * 100 + flips_max);
        return 0;
      }
      int first = permutation[0];
      for (int i = 0; i < r; i++) permutation[i] = permutation[i + 1];
      permutation[r] = first;
      if (--count[r] > 0) break;
      r++;
    }
    parity = 1 - parity;
  }
}
