// SPDX-License-Identifier: Apache-2.0
// Words of a text, counted in a hash table of strings.
#include <string>
#include <unordered_map>

#include "bench.hpp"

int main() {
  Random random;
  std::string text;
  for (int i = 0; i < 1'000'000; i++) {
    uint64_t word = random.next() % 5000;
    for (int k = 0; k < 3 + static_cast<int>(word % 6); k++) text += static_cast<char>('a' + (word >> k) % 26);
    text += ' ';
  }
  std::unordered_map<std::string, int> counts;
  std::string word;
  for (char c : text) {
    if (c != ' ') {
      word += c;
    } else {
      counts[word]++;
      word.clear();
    }
  }
  int64_t sum = 0;
  for (auto& [key, n] : counts) sum += static_cast<int64_t>(key.size()) * n * n % 1009;
  print_checksum(sum);
}
