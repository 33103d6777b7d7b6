// SPDX-License-Identifier: Apache-2.0
//
// Pool and Map.
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

class PoolTest : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(PoolTest);
class MapTest : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(MapTest);

TEST_P(PoolTest, GetReturnsWhatWasPutOrANewOne) {
  int made = 0;
  Pool<std::unique_ptr<int>> pool([&] { return std::make_unique<int>(made++); });
  auto a = pool.get();
  EXPECT_EQ(*a, 0);
  pool.put(std::move(a));
  auto b = pool.get();
  EXPECT_EQ(*b, 0);
  EXPECT_EQ(*pool.get(), 1);
  EXPECT_EQ(Pool<int>().get(), 0);
}

TEST_P(PoolTest, NoObjectIsHeldTwice) {
  struct Object {
    std::atomic<int> users{0};
  };
  Pool<std::unique_ptr<Object>> pool([] { return std::make_unique<Object>(); });
  WaitGroup wg;
  for (int g = 0; g < 8; g++) {
    wg.go([&] {
      for (int i = 0; i < 300; i++) {
        auto object = pool.get();
        EXPECT_EQ(object->users++, 0);
        if (i % 10 == 0) gosched();
        object->users--;
        pool.put(std::move(object));
      }
    });
  }
  wg.wait();
}

TEST_P(PoolTest, DestroysWhatIsLeft) {
  auto token = std::make_shared<int>(1);
  {
    Pool<std::shared_ptr<int>> pool;
    for (int i = 0; i < 10; i++) pool.put(token);
    EXPECT_EQ(token.use_count(), 11);
  }
  EXPECT_EQ(token.use_count(), 1);
}

TEST_P(MapTest, Operations) {
  Map<std::string, int> map;
  EXPECT_FALSE(map.load("a").has_value());
  map.store("a", 1);
  EXPECT_EQ(map.load("a"), 1);
  EXPECT_EQ(map.load_or_store("a", 5), std::pair(1, true));
  EXPECT_EQ(map.load_or_store("b", 5), std::pair(5, false));
  EXPECT_EQ(map.swap("b", 6), 5);
  EXPECT_FALSE(map.swap("c", 7).has_value());
  EXPECT_TRUE(map.compare_and_swap("c", 7, 8));
  EXPECT_FALSE(map.compare_and_swap("c", 7, 9));
  EXPECT_FALSE(map.compare_and_swap("d", 7, 9));
  EXPECT_EQ(map.load_and_delete("c"), 8);
  EXPECT_FALSE(map.load_and_delete("c").has_value());
  map.erase("a");
  map.erase("a");
  EXPECT_FALSE(map.load("a").has_value());
  EXPECT_EQ(map.load("b"), 6);
}

TEST_P(MapTest, RangeVisitsEachOnceAndMayChangeTheMap) {
  Map<int, int> map;
  for (int i = 0; i < 100; i++) map.store(i, i * i);
  std::set<int> seen;
  map.range([&](int k, int v) {
    EXPECT_EQ(v, k * k);
    EXPECT_TRUE(seen.insert(k).second);
    map.erase(k);
    return true;
  });
  EXPECT_EQ(seen.size(), 100u);
  map.store(1, 1);
  map.store(2, 2);
  int visits = 0;
  map.range([&](int, int) {
    visits++;
    return false;
  });
  EXPECT_EQ(visits, 1);
}

TEST_P(MapTest, ManyGoroutines) {
  Map<int, int> map;
  std::atomic<int> stored = 0;
  WaitGroup wg;
  for (int g = 0; g < 8; g++) {
    wg.go([&] {
      for (int i = 0; i < 200; i++) {
        if (!map.load_or_store(i, i).second) stored++;
        EXPECT_EQ(map.load(i), i);
      }
    });
  }
  wg.wait();
  EXPECT_EQ(stored, 200);
}

}  // namespace
}  // namespace baton::test
