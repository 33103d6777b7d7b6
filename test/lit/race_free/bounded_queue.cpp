// SPDX-License-Identifier: Apache-2.0
//
// A bounded queue of many producers and consumers, without locks (Vyukov): each cell has a sequence number.
//
// RUN: for level in 0 2; do \
// RUN:   %baton_cxx -race -O$level %s -o %t && %S/Inputs/check.sh %t %rounds || exit 1; \
// RUN: done
#include "Inputs/rounds.h"

#include <atomic>
#include <cstddef>

namespace {

struct Item {
  int a, b;
};

class Queue {
 public:
  Queue() {
    for (size_t i = 0; i < kCells; i++) cells_[i].sequence.store(i, std::memory_order_relaxed);
  }

  bool push(const Item& item) {
    size_t at = tail_.load(std::memory_order_relaxed);
    for (;;) {
      Cell& cell = cells_[at % kCells];
      const size_t sequence = cell.sequence.load(std::memory_order_acquire);
      if (sequence == at) {
        if (tail_.compare_exchange_weak(at, at + 1, std::memory_order_relaxed)) {
          cell.item = item;
          cell.sequence.store(at + 1, std::memory_order_release);
          return true;
        }
      } else if (sequence < at) {
        return false;
      } else {
        at = tail_.load(std::memory_order_relaxed);
      }
    }
  }

  bool pop(Item* item) {
    size_t at = head_.load(std::memory_order_relaxed);
    for (;;) {
      Cell& cell = cells_[at % kCells];
      const size_t sequence = cell.sequence.load(std::memory_order_acquire);
      if (sequence == at + 1) {
        if (head_.compare_exchange_weak(at, at + 1, std::memory_order_relaxed)) {
          *item = cell.item;
          cell.sequence.store(at + kCells, std::memory_order_release);
          return true;
        }
      } else if (sequence < at + 1) {
        return false;
      } else {
        at = head_.load(std::memory_order_relaxed);
      }
    }
  }

 private:
  static constexpr size_t kCells = 8;
  struct Cell {
    std::atomic<size_t> sequence;
    Item item;
  };
  Cell cells_[kCells];
  std::atomic<size_t> head_{0}, tail_{0};
};

}  // namespace

void round_once(int) {
  constexpr int kProducers = 3, kItems = 40;
  Queue queue;
  std::atomic<int> received{0};
  std::atomic<long> sum{0};
  WaitGroup wg;
  for (int p = 0; p < kProducers; p++) {
    wg.go([&queue] {
      for (int i = 0; i < kItems; i++) {
        while (!queue.push({i, i + 1})) gosched();
      }
    });
  }
  for (int c = 0; c < 3; c++) {
    wg.go([&] {
      Item item;
      while (received.load(std::memory_order_relaxed) < kProducers * kItems) {
        if (queue.pop(&item)) {
          sum.fetch_add(item.b - item.a, std::memory_order_relaxed);
          received.fetch_add(1, std::memory_order_relaxed);
        } else {
          gosched();
        }
      }
    });
  }
  wg.wait();
  require(sum == kProducers * kItems, "an item was lost or torn");
}
