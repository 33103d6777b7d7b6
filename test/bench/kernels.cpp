// SPDX-License-Identifier: Apache-2.0
//
// What checking costs sequential code, in milliseconds. Plain C++: built by clang++, by clang++ -fsanitize=thread and
// by baton-c++ -race. Each kernel ends with a checksum, which must be the same in all three.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <random>
#include <string>
#include <vector>

template <class F>
void measure(const char* name, F f) {
  auto start = std::chrono::steady_clock::now();
  long checksum = f();
  std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
  std::printf("%s %.2f %ld\n", name, spent.count(), checksum);
}

long matrix_product() {
  constexpr int n = 300;
  std::vector<double> a(n * n, 1.5), b(n * n, 2.5), c(n * n);
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < n; j++) {
      double sum = 0;
      for (int k = 0; k < n; k++) sum += a[i * n + k] * b[k * n + j];
      c[i * n + j] = sum;
    }
  }
  return static_cast<long>(c[n + 1]);
}

long sieve() {
  constexpr int n = 5'000'000;
  std::vector<char> prime(n, 1);
  for (int i = 2; i * i < n; i++) {
    for (int j = i * i; prime[i] && j < n; j += i) prime[j] = 0;
  }
  return std::count(prime.begin(), prime.end(), 1);
}

long sort_numbers() {
  std::mt19937 random(1);
  std::vector<unsigned> numbers(1'000'000);
  for (unsigned& number : numbers) number = random();
  std::sort(numbers.begin(), numbers.end());
  return numbers[1000];
}

long ordered_map() {
  std::mt19937 random(1);
  std::map<unsigned, long> map;
  for (int i = 0; i < 200'000; i++) map[random() % 50'000] += i;
  return static_cast<long>(map.size());
}

struct Tree {
  Tree* left;
  Tree* right;
};
Tree* build(int depth) { return depth == 0 ? new Tree{} : new Tree{build(depth - 1), build(depth - 1)}; }
long count(const Tree* tree) { return tree == nullptr ? 0 : 1 + count(tree->left) + count(tree->right); }
void destroy(Tree* tree) {
  if (tree == nullptr) return;
  destroy(tree->left);
  destroy(tree->right);
  delete tree;
}

long binary_trees() {
  long nodes = 0;
  for (int i = 0; i < 10; i++) {
    Tree* tree = build(15);
    nodes += count(tree);
    destroy(tree);
  }
  return nodes;
}

long word_count() {
  std::map<std::string, int> words;
  for (int i = 0; i < 100'000; i++) words["word" + std::to_string(i * 7 % 1000)]++;
  return static_cast<long>(words.size());
}

long random_updates() {
  std::mt19937 random(1);
  std::vector<long> table(1 << 20);
  for (int i = 0; i < 5'000'000; i++) table[random() & ((1 << 20) - 1)]++;
  return *std::max_element(table.begin(), table.end());
}

long hash_bytes() {
  std::string text(1 << 20, 'a');
  long hash = 0;
  for (int i = 0; i < 10; i++) {
    for (char c : text) hash = hash * 31 + c;
  }
  return hash;
}

int main() {
  measure("matrix_product", matrix_product);
  measure("sieve", sieve);
  measure("sort", sort_numbers);
  measure("ordered_map", ordered_map);
  measure("binary_trees", binary_trees);
  measure("word_count", word_count);
  measure("random_updates", random_updates);
  measure("hash_bytes", hash_bytes);
}
