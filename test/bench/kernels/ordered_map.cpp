// SPDX-License-Identifier: Apache-2.0
// Bids in an ordered map: insertion, lookup and removal of the smallest.
#include <map>

#include "bench.hpp"

int main() {
  std::map<uint64_t, int> bids;
  Random random;
  int64_t sum = 0;
  for (int i = 0; i < 600'000; i++) {
    bids[random.next() % 100'000] += i % 7;
    if (bids.size() > 20'000) {
      sum += static_cast<int64_t>(bids.begin()->first) + bids.begin()->second;
      bids.erase(bids.begin());
    }
  }
  print_checksum(sum + static_cast<int64_t>(bids.size()));
}
