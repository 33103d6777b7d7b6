// SPDX-License-Identifier: Apache-2.0
// One search tree, built by main and then read by eight goroutines at once.
#include "bench.hpp"

struct Node {
  int64_t key = 0;
  Node* left = nullptr;
  Node* right = nullptr;
};

Node* build(int64_t lo, int64_t hi) {
  if (lo >= hi) return nullptr;
  int64_t middle = lo + (hi - lo) / 2;
  return new Node{middle * 2, build(lo, middle), build(middle + 1, hi)};
}

bool contains(const Node* node, int64_t key) {
  while (node != nullptr && node->key != key) node = key < node->key ? node->left : node->right;
  return node != nullptr;
}

int main() {
  constexpr int workers = 8, n = 50'000, lookups = 250'000;
  Node* root = build(0, n);
  int64_t found[workers] = {};
  WaitGroup wg;
  wg.add(workers);
  for (int w = 0; w < workers; w++) {
    go([&, w] {
      Random random;
      random.state += static_cast<uint64_t>(w);
      int64_t hits = 0;
      for (int i = 0; i < lookups; i++) hits += contains(root, static_cast<int64_t>(random.next() % (2 * n)));
      found[w] = hits;
      wg.done();
    });
  }
  wg.wait();
  int64_t sum = 0;
  for (int64_t hits : found) sum += hits;
  print_checksum(sum);
}
