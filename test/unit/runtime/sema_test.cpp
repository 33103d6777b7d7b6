// SPDX-License-Identifier: Apache-2.0
//
// The table of semaphores: units are neither lost nor invented, waiters of one address queue up, addresses that share a
// bucket do not disturb each other.
#include "runtime/src/sema.h"

#include <vector>

#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

using rt::sema_acquire;
using rt::sema_release;
constexpr auto kWhy = rt::WaitReason::kMutexLock;

class Sema : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(Sema);

TEST_P(Sema, PositiveCounterDoesNotBlock) {
  std::atomic<uint32_t> counter = 2;
  sema_acquire(&counter, false, kWhy);
  sema_acquire(&counter, false, kWhy);
  EXPECT_EQ(counter, 0u);
  sema_release(&counter, false);
  EXPECT_EQ(counter, 1u);
}

// The order in which waiters return, when the i-th queues up with lifo[i].
std::vector<int> order_of(const std::vector<bool>& lifo) {
  gomaxprocs(1);  // so that the order in which they block is known
  std::atomic<uint32_t> counter = 0;
  std::vector<int> order;
  WaitGroup wg;
  for (size_t i = 0; i < lifo.size(); i++) {
    wg.go([&, i] {
      sema_acquire(&counter, lifo[i], kWhy);
      order.push_back(static_cast<int>(i));
    });
    settle();
  }
  for (size_t i = 0; i < lifo.size(); i++) {
    sema_release(&counter, false);
    settle();
  }
  wg.wait();
  return order;
}

TEST_P(Sema, FirstComeFirstServed) {
  EXPECT_EQ(order_of({false, false, false, false}), (std::vector<int>{0, 1, 2, 3}));
}

TEST_P(Sema, LifoGoesToTheHead) {
  EXPECT_EQ(order_of({false, false, true, true, false}), (std::vector<int>{3, 2, 0, 1, 4}));
}

TEST_P(Sema, HandOffRunsTheWaiterFirst) {
  gomaxprocs(1);
  EXPECT_TRUE(gives(true, [] {
    std::atomic<uint32_t> counter = 0;
    std::atomic<bool> ran = false;
    WaitGroup wg;
    wg.go([&] {
      sema_acquire(&counter, false, kWhy);
      ran = true;
    });
    settle();
    sema_release(&counter, true);
    const bool ran_first = ran;
    wg.wait();
    return ran_first;
  }));
}

TEST_P(Sema, ManyAddressesInOneBucket) {
  // Addresses 251 * 8 bytes apart share a bucket: the treap gets 40 nodes, entered and left in scrambled order.
  constexpr int kAddresses = 40;
  constexpr int kStride = 251 * 8 / sizeof(std::atomic<uint32_t>);
  std::vector<std::atomic<uint32_t>> counters(kAddresses * kStride);
  std::atomic<int> returned = 0;
  std::vector<std::atomic<int>> returned_at(kAddresses);
  WaitGroup wg;
  for (int i = 0; i < kAddresses; i++) {
    const int k = (i * 17) % kAddresses;
    for (int n = 0; n < 3; n++) {
      wg.go([&, k] {
        sema_acquire(&counters[k * kStride], false, kWhy);
        returned_at[k]++;
        returned++;
      });
    }
  }
  settle();
  EXPECT_EQ(returned, 0);
  for (int n = 0; n < 3; n++) {
    for (int i = 0; i < kAddresses; i++) {
      const int k = (i * 23 + n) % kAddresses;
      sema_release(&counters[k * kStride], false);
      wait_until([&] { return returned_at[k] == n + 1; });
    }
  }
  wg.wait();
  EXPECT_EQ(returned, kAddresses * 3);
}

TEST_P(Sema, UnitsAreNeitherLostNorInvented) {
  std::atomic<uint32_t> counter = 3;
  std::atomic<int> inside = 0;
  std::atomic<int> worst = 0;
  WaitGroup wg;
  for (int g = 0; g < 12; g++) {
    wg.go([&, g] {
      for (int i = 0; i < 400; i++) {
        sema_acquire(&counter, i % 3 == 0, kWhy);
        if (++inside > 3) worst = inside.load();
        if (i % 7 == 0) gosched();
        inside--;
        sema_release(&counter, (i + g) % 5 == 0);
      }
    });
  }
  wg.wait();
  EXPECT_EQ(counter, 3u);
  EXPECT_EQ(worst, 0);
}

}  // namespace
}  // namespace baton::test
