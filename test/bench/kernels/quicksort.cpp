// SPDX-License-Identifier: Apache-2.0
// Quicksort: a goroutine for each large part.
#include <utility>
#include <vector>

#include "bench.hpp"

void sort(int* lo, int* hi, WaitGroup& wg) {
  while (hi - lo > 1) {
    int pivot = lo[(hi - lo) / 2];
    int *i = lo, *j = hi - 1;
    while (i <= j) {
      while (*i < pivot) i++;
      while (pivot < *j) j--;
      if (i <= j) std::swap(*i++, *j--);
    }
    if (j + 1 - lo > 100'000) {
      wg.add(1);
      go([lo, j, &wg] {
        sort(lo, j + 1, wg);
        wg.done();
      });
    } else {
      sort(lo, j + 1, wg);
    }
    lo = i;
  }
}

int main() {
  constexpr int n = 3'000'000;
  Random random;
  std::vector<int> numbers(n);
  for (int& number : numbers) number = static_cast<int>(random.next() % 1'000'000'000);
  WaitGroup wg;
  sort(numbers.data(), numbers.data() + n, wg);
  wg.wait();
  int64_t sum = 0;
  for (int i = 0; i < n; i += 1000) sum += numbers[i] ^ i;
  print_checksum(sum);
}
