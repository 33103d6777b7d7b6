// SPDX-License-Identifier: Apache-2.0
//
// RunQueue against a naive model (a deque and a next slot), and its promise to thieves: whatever runs at the same time,
// every goroutine comes out exactly once.
#include "runtime/src/runq.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "runtime/src/types.h"

namespace baton::rt {
namespace {

struct Model {
  std::deque<G*> ring;
  G* next = nullptr;

  std::vector<G*> put(G* g) {
    std::vector<G*> overflow;
    if (ring.size() == RunQueue::kSize) {
      overflow.assign(ring.begin(), ring.begin() + RunQueue::kSize / 2);
      ring.erase(ring.begin(), ring.begin() + RunQueue::kSize / 2);
      overflow.push_back(g);
    } else {
      ring.push_back(g);
    }
    return overflow;
  }

  std::vector<G*> put_next(G* g) {
    std::swap(g, next);
    return g == nullptr ? std::vector<G*>() : put(g);
  }

  G* get(bool* inherit) {
    G* g = next;
    *inherit = g != nullptr;
    next = nullptr;
    if (g != nullptr || ring.empty()) return g;
    g = ring.front();
    ring.pop_front();
    return g;
  }

  // Into `thief`, whose ring is empty: half rounded up, the last of it is returned.
  G* steal_into(Model* thief, bool take_next) {
    const size_t n = ring.size() - ring.size() / 2;
    if (n == 0) {
      G* g = take_next ? next : nullptr;
      if (take_next) next = nullptr;
      return g;
    }
    thief->ring.assign(ring.begin(), ring.begin() + n - 1);
    G* last = ring[n - 1];
    ring.erase(ring.begin(), ring.begin() + n);
    return last;
  }
};

std::vector<G*> take_all(GList* list) {
  std::vector<G*> all;
  while (G* g = list->pop_front()) all.push_back(g);
  return all;
}

TEST(RunQueueTest, BehavesLikeTheModel) {
  std::mt19937 random(20240607);
  std::vector<G> goroutines(2000);
  RunQueue queue;
  RunQueue other;
  Model model;
  Model other_model;
  size_t unused = 0;
  int steals = 0;
  int overflows = 0;
  for (int i = 0; i < 200'000; i++) {
    G* g = &goroutines[unused++ % goroutines.size()];
    // Puts prevail for a while, then gets, so that the ring is sometimes full and sometimes empty.
    const bool filling = (i / 2000) % 2 == 0;
    const unsigned action = random() % 10;
    bool inherit = false;
    bool model_inherit = false;
    GList overflow;
    if (action < (filling ? 6u : 2u)) {
      const uint32_t n = queue.put_next(g, &overflow);
      const auto all = take_all(&overflow);
      EXPECT_EQ(n, all.size());
      ASSERT_EQ(all, model.put_next(g));
    } else if (action < (filling ? 7u : 3u)) {
      const uint32_t n = queue.put(g, &overflow);
      const auto all = take_all(&overflow);
      overflows += n != 0;
      ASSERT_EQ(all, model.put(g));
    } else if (action < 9) {
      ASSERT_EQ(queue.get(&inherit), model.get(&model_inherit));
      ASSERT_EQ(inherit, model_inherit);
    } else if (random() % 50 == 0) {
      const bool take_next = random() % 2 == 0;
      ASSERT_EQ(other.steal(&queue, take_next, false), model.steal_into(&other_model, take_next));
      while (G* stolen = other_model.get(&model_inherit)) {
        steals++;
        ASSERT_EQ(other.get(&inherit), stolen);
      }
      ASSERT_TRUE(other.empty());
    }
    ASSERT_EQ(queue.empty(), model.ring.empty() && model.next == nullptr);
  }
  EXPECT_GT(steals, 100);
  EXPECT_GT(overflows, 10);
}

TEST(RunQueueTest, DrainTakesTheNextFirst) {
  std::vector<G> g(4);
  RunQueue queue;
  GList none;
  for (auto& one : g) queue.put_next(&one, &none);
  GList out;
  EXPECT_EQ(queue.drain(&out), 4u);
  EXPECT_EQ(take_all(&out), (std::vector<G*>{&g[3], &g[0], &g[1], &g[2]}));
  EXPECT_TRUE(queue.empty());
}

TEST(RunQueueTest, ThreeThievesTakeEverythingExactlyOnce) {
  constexpr size_t kGoroutines = 100'000;
  std::vector<G> goroutines(kGoroutines);
  auto taken = std::make_unique<std::atomic<int>[]>(kGoroutines);
  std::atomic<size_t> total{0};
  std::atomic<bool> done{false};
  RunQueue victim;
  const auto take = [&](G* g) {
    taken[static_cast<size_t>(g - goroutines.data())].fetch_add(1);
    total.fetch_add(1);
  };
  std::vector<std::thread> thieves;
  for (int i = 0; i < 3; i++) {
    thieves.emplace_back([&, i] {
      RunQueue mine;
      while (!done.load()) {
        if (G* g = mine.steal(&victim, i == 0, false)) take(g);
        bool inherit;
        while (G* g = mine.get(&inherit)) take(g);
      }
    });
  }
  for (size_t i = 0; i < kGoroutines; i++) {
    GList overflow;
    if (i % 3 == 0) {
      victim.put(&goroutines[i], &overflow);
    } else {
      victim.put_next(&goroutines[i], &overflow);
    }
    while (G* g = overflow.pop_front()) take(g);
    bool inherit;
    if (i % 5 == 0) {
      if (G* g = victim.get(&inherit)) take(g);
    }
  }
  bool inherit;
  while (total.load() != kGoroutines) {
    if (G* g = victim.get(&inherit)) take(g);
  }
  done.store(true);
  for (auto& thief : thieves) thief.join();
  for (size_t i = 0; i < kGoroutines; i++) ASSERT_EQ(taken[i].load(), 1) << i;
}

}  // namespace
}  // namespace baton::rt
