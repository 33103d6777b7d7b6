// SPDX-License-Identifier: Apache-2.0
//
// The queue of Michael and Scott, with hazard pointers: nodes are freed while others may still look for them.
//
// RUN: for level in 0 2; do \
// RUN:   %baton_cxx -race -O$level %s -o %t && %S/Inputs/check.sh %t %rounds || exit 1; \
// RUN: done
#include "Inputs/rounds.h"

#include <atomic>
#include <vector>

namespace {

constexpr int kGoroutines = 4;

struct Node {
  int value = 0;
  std::atomic<Node*> next{nullptr};
};

std::atomic<Node*> hazards[kGoroutines][2];

class Queue {
 public:
  Queue() {
    Node* dummy = new Node;
    head_.store(dummy);
    tail_.store(dummy);
  }
  ~Queue() {
    for (Node* node = head_.load(); node != nullptr;) {
      Node* next = node->next.load();
      delete node;
      node = next;
    }
  }

  void push(int self, int value) {
    Node* node = new Node;
    node->value = value;
    for (;;) {
      Node* tail = protect(self, 0, tail_);
      Node* next = tail->next.load(std::memory_order_acquire);
      if (next != nullptr) {
        tail_.compare_exchange_strong(tail, next, std::memory_order_acq_rel);
      } else if (tail->next.compare_exchange_strong(next, node, std::memory_order_acq_rel)) {
        tail_.compare_exchange_strong(tail, node, std::memory_order_acq_rel);
        break;
      }
    }
    hazards[self][0].store(nullptr, std::memory_order_release);
  }

  bool pop(int self, int* value, std::vector<Node*>* retired) {
    bool found = false;
    for (;;) {
      Node* head = protect(self, 0, head_);
      Node* tail = tail_.load(std::memory_order_acquire);
      Node* next = protect(self, 1, head->next);
      if (head != head_.load(std::memory_order_seq_cst)) continue;
      if (next == nullptr) break;
      if (head == tail) {
        tail_.compare_exchange_strong(tail, next, std::memory_order_acq_rel);
        continue;
      }
      const int seen = next->value;
      if (head_.compare_exchange_strong(head, next, std::memory_order_seq_cst)) {
        *value = seen;
        retired->push_back(head);
        found = true;
        break;
      }
    }
    hazards[self][0].store(nullptr, std::memory_order_release);
    hazards[self][1].store(nullptr, std::memory_order_release);
    return found;
  }

 private:
  static Node* protect(int self, int which, std::atomic<Node*>& from) {
    for (;;) {
      Node* node = from.load(std::memory_order_acquire);
      hazards[self][which].store(node, std::memory_order_seq_cst);
      if (node == from.load(std::memory_order_seq_cst)) return node;
    }
  }

  std::atomic<Node*> head_, tail_;
};

void reclaim(std::vector<Node*>* retired) {
  std::vector<Node*> kept;
  for (Node* node : *retired) {
    bool used = false;
    for (auto& row : hazards) {
      for (auto& hazard : row) used |= hazard.load(std::memory_order_seq_cst) == node;
    }
    if (used) {
      kept.push_back(node);
    } else {
      delete node;
    }
  }
  retired->swap(kept);
}

}  // namespace

void round_once(int) {
  Queue queue;
  std::atomic<int> sum{0};
  std::vector<Node*> retired[kGoroutines];
  WaitGroup wg;
  for (int self = 0; self < kGoroutines; self++) {
    wg.go([&, self] {
      for (int i = 1; i <= 20; i++) {
        queue.push(self, i);
        if (i % 3 == 0) gosched();
        int value = 0;
        if (queue.pop(self, &value, &retired[self])) sum.fetch_add(value, std::memory_order_relaxed);
        if (retired[self].size() > 4) reclaim(&retired[self]);
      }
    });
  }
  wg.wait();
  int value = 0;
  while (queue.pop(0, &value, &retired[0])) sum += value;
  for (auto& list : retired) reclaim(&list);
  require(sum == kGoroutines * 210, "an element was lost");
}
