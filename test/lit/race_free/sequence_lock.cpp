// SPDX-License-Identifier: Apache-2.0
//
// A sequence lock of relaxed atomics with fences, as in Boehm, "Can seqlocks get along with programming language
// memory models?": what a reader accepted was written as a whole. The payload behind a pointer is plain memory, which
// only the fences order.
//
// RUN: for level in 0 2; do \
// RUN:   %baton_cxx -race -O$level %s -o %t && %S/Inputs/check.sh %t %rounds || exit 1; \
// RUN: done
#include "Inputs/rounds.h"

#include <atomic>

namespace {

struct Record {
  int a, b;
};

struct SeqLock {
  std::atomic<unsigned> sequence{0};
  std::atomic<int> a{0}, b{0};
  std::atomic<const Record*> record{nullptr};

  void write(int value, const Record* fresh) {
    const unsigned before = sequence.load(std::memory_order_relaxed);
    sequence.store(before + 1, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    a.store(value, std::memory_order_relaxed);
    b.store(2 * value, std::memory_order_relaxed);
    record.store(fresh, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    sequence.store(before + 2, std::memory_order_relaxed);
  }

  bool read(int* seen_a, int* seen_b, const Record** seen) const {
    const unsigned before = sequence.load(std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_acquire);
    *seen_a = a.load(std::memory_order_relaxed);
    *seen_b = b.load(std::memory_order_relaxed);
    *seen = record.load(std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_acquire);
    return before % 2 == 0 && sequence.load(std::memory_order_relaxed) == before;
  }
};

}  // namespace

void round_once(int) {
  SeqLock lock;
  Record records[30];
  WaitGroup wg;
  wg.go([&] {
    for (int i = 0; i < 30; i++) {
      records[i].a = i;
      records[i].b = 2 * i;
      lock.write(i, &records[i]);
      if (i % 4 == 0) gosched();
    }
  });
  for (int reader = 0; reader < 3; reader++) {
    wg.go([&] {
      for (int i = 0; i < 40; i++) {
        int a, b;
        const Record* record;
        if (lock.read(&a, &b, &record) && record != nullptr) {
          require(b == 2 * a && record->a == a && record->b == b, "a torn record");
        }
        if (i % 8 == 0) gosched();
      }
    });
  }
  wg.wait();
}
