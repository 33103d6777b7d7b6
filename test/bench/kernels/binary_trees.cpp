// SPDX-License-Identifier: Apache-2.0
// Trees built, counted and dropped by four goroutines: allocation above all.
#include "bench.hpp"

struct Node {
  Node* left = nullptr;
  Node* right = nullptr;
};

Node* build(int depth) {
  Node* node = new Node;
  if (depth > 0) {
    node->left = build(depth - 1);
    node->right = build(depth - 1);
  }
  return node;
}

int64_t count(const Node* node) { return node->left ? 1 + count(node->left) + count(node->right) : 1; }

void drop(Node* node) {
  if (node->left) {
    drop(node->left);
    drop(node->right);
  }
  delete node;
}

int main() {
  constexpr int workers = 4, depth = 14, trees = 12;
  int64_t counts[workers] = {};
  WaitGroup wg;
  wg.add(workers);
  for (int w = 0; w < workers; w++) {
    go([&, w] {
      for (int i = 0; i < trees; i++) {
        Node* tree = build(depth);
        counts[w] += count(tree);
        drop(tree);
      }
      wg.done();
    });
  }
  wg.wait();
  int64_t sum = 0;
  for (int64_t n : counts) sum += n;
  print_checksum(sum);
}
