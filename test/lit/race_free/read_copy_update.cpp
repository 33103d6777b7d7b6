// SPDX-License-Identifier: Apache-2.0
//
// Read, copy, update: readers walk a list without locks; a writer replaces nodes and frees the old ones when all
// readers have passed a quiet point.
//
// RUN: for level in 0 2; do \
// RUN:   %baton_cxx -race -O$level %s -o %t && %S/Inputs/check.sh %t %rounds || exit 1; \
// RUN: done
#include "Inputs/rounds.h"

#include <atomic>

namespace {

constexpr int kReaders = 3;

struct Node {
  int key, value;
  std::atomic<Node*> next;
};

std::atomic<Node*> head;
std::atomic<int> epoch;
std::atomic<int> seen[kReaders];  // the epoch of each reader's last quiet point; -1: it has ended

void wait_for_readers() {
  const int now = epoch.fetch_add(1, std::memory_order_acq_rel) + 1;
  for (auto& reader : seen) {
    for (int at; (at = reader.load(std::memory_order_acquire)) != -1 && at < now;) gosched();
  }
}

void replace(int key, int value) {
  std::atomic<Node*>* link = &head;
  for (Node* node = link->load(std::memory_order_relaxed); node != nullptr;) {
    if (node->key == key) {
      Node* fresh = new Node{key, value, {node->next.load(std::memory_order_relaxed)}};
      link->store(fresh, std::memory_order_release);
      wait_for_readers();
      delete node;
      return;
    }
    link = &node->next;
    node = link->load(std::memory_order_relaxed);
  }
}

}  // namespace

void round_once(int) {
  head.store(nullptr, std::memory_order_relaxed);
  for (int key = 0; key < 5; key++) {
    head.store(new Node{key, 10 * key, {head.load(std::memory_order_relaxed)}}, std::memory_order_relaxed);
  }
  epoch.store(0, std::memory_order_relaxed);
  for (auto& reader : seen) reader.store(0, std::memory_order_relaxed);
  WaitGroup wg;
  for (int reader = 0; reader < kReaders; reader++) {
    wg.go([reader] {
      for (int i = 0; i < 20; i++) {
        for (Node* node = head.load(std::memory_order_acquire); node != nullptr;
             node = node->next.load(std::memory_order_acquire)) {
          require(node->value % 10 == 0, "a node that was freed");
        }
        seen[reader].store(epoch.load(std::memory_order_acquire), std::memory_order_release);
        gosched();
      }
      seen[reader].store(-1, std::memory_order_release);
    });
  }
  wg.go([] {
    for (int i = 0; i < 10; i++) replace(i % 5, 10 * i);
  });
  wg.wait();
  for (Node* node = head.load(std::memory_order_relaxed); node != nullptr;) {
    Node* next = node->next.load(std::memory_order_relaxed);
    delete node;
    node = next;
  }
}
