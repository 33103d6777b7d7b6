// SPDX-License-Identifier: Apache-2.0
// Lines put together from pieces, split again, and joined: std::string and vectors of them.
#include <string>
#include <vector>

#include "bench.hpp"

std::vector<std::string> split(const std::string& line, char separator) {
  std::vector<std::string> parts;
  size_t begin = 0;
  for (size_t end; (end = line.find(separator, begin)) != std::string::npos; begin = end + 1) {
    parts.push_back(line.substr(begin, end - begin));
  }
  parts.push_back(line.substr(begin));
  return parts;
}

int main() {
  Random random;
  int64_t sum = 0;
  for (int i = 0; i < 150'000; i++) {
    std::string line;
    for (int field = 0; field < 12; field++) {
      if (field > 0) line += ',';
      line += "field-number-" + std::to_string(random.next() % 100'000);
    }
    for (const std::string& part : split(line, ',')) sum += static_cast<int64_t>(part.size()) * part.back();
  }
  print_checksum(sum);
}
