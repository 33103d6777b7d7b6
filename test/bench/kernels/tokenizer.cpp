// SPDX-License-Identifier: Apache-2.0
// A tokenizer: every byte of a text is looked at, classes by a table.
#include <string>
#include <vector>

#include "bench.hpp"

struct Token {
  int kind;
  int begin;
  int length;
};

unsigned char class_of[256];

int main() {
  for (int c = 'a'; c <= 'z'; c++) class_of[c] = 1;
  for (int c = '0'; c <= '9'; c++) class_of[c] = 2;
  class_of[' '] = 3;
  Random random;
  std::string text;
  for (int i = 0; i < 4'000'000; i++) text += "abcxyz0189  +-*/"[random.next() % 16];
  int64_t sum = 0;
  std::vector<Token> tokens;
  for (int round = 0; round < 5; round++) {
    tokens.clear();
    for (size_t i = 0; i < text.size();) {
      unsigned char kind = class_of[static_cast<unsigned char>(text[i])];
      size_t begin = i++;
      while (kind != 0 && i < text.size() && class_of[static_cast<unsigned char>(text[i])] == kind) i++;
      tokens.push_back({kind, static_cast<int>(begin), static_cast<int>(i - begin)});
    }
    for (const Token& token : tokens) sum += token.kind * token.length + token.begin % 3;
  }
  print_checksum(sum);
}
