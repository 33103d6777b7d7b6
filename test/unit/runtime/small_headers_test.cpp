// SPDX-License-Identifier: Apache-2.0
//
// The small public headers: atomic functions, defer, durations.
#include <vector>

#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

TEST(Atomic, AddReturnsTheNewValue) {
  int64_t x = 5;
  EXPECT_EQ(atomic_add(&x, 3), 8);
  EXPECT_EQ(atomic_add(&x, -10), -2);
  uint8_t small = 255;
  EXPECT_EQ(atomic_add(&small, 1), 0);
}

TEST(Atomic, PointerArithmeticCountsElements) {
  int a[4] = {};
  int* p = a;
  EXPECT_EQ(atomic_add(&p, 3), a + 3);
  EXPECT_EQ(atomic_add(&p, -1), a + 2);
}

TEST(Atomic, LoadStoreSwap) {
  int x = 1;
  EXPECT_EQ(atomic_load(&x), 1);
  atomic_store(&x, 2);
  EXPECT_EQ(x, 2);
  EXPECT_EQ(atomic_swap(&x, 3), 2);
  EXPECT_EQ(x, 3);
  const int constant = 9;
  EXPECT_EQ(atomic_load(&constant), 9);
  bool flag = false;
  atomic_store(&flag, true);
  EXPECT_TRUE(atomic_load(&flag));
  const char* text = nullptr;
  atomic_store(&text, "text");
  EXPECT_STREQ(atomic_swap(&text, nullptr), "text");
}

TEST(Atomic, CompareAndSwap) {
  int64_t x = 1;
  EXPECT_FALSE(atomic_cas(&x, 2, 3));
  EXPECT_EQ(x, 1);
  EXPECT_TRUE(atomic_cas(&x, 1, 3));
  EXPECT_EQ(x, 3);
  int* p = nullptr;
  int value = 0;
  EXPECT_TRUE(atomic_cas(&p, nullptr, &value));
  EXPECT_EQ(p, &value);
}

class AtomicTest : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(AtomicTest);

TEST_P(AtomicTest, AddsOfManyGoroutinesCount) {
  int64_t sum = 0;
  WaitGroup wg;
  for (int g = 0; g < 10; g++) {
    wg.go([&] {
      for (int i = 0; i < 1000; i++) atomic_add(&sum, 2);
    });
  }
  wg.wait();
  EXPECT_EQ(sum, 20000);
}

struct Unprintable {};

TEST(Panic, TakesAnyValue) {
  EXPECT_EQ(panic_of([] { panic("text"); }), "text");
  EXPECT_EQ(panic_of([] { panic(std::string("string")); }), "string");
  EXPECT_EQ(panic_of([] { panic(std::runtime_error("what")); }), "what");
  EXPECT_EQ(panic_of([] { panic(error("an error")); }), "an error");
  EXPECT_EQ(panic_of([] { panic(-3); }), "-3");
  EXPECT_EQ(panic_of([] { panic(true); }), "true");
  EXPECT_EQ(panic_of([] { panic(nullptr); }), "nil");
  EXPECT_EQ(panic_of([] { panic(static_cast<const char*>(nullptr)); }), "nil");
  EXPECT_EQ(panic_of([] { panic(std::pair<int, char>()); }), "(std::pair<int, char>)");
  const std::string text = panic_of([] { panic(Unprintable()); });
  EXPECT_TRUE(text.starts_with("(") && text.ends_with("Unprintable)")) << text;
}

TEST(Defer, RunsAtTheEndOfTheScopeInReverseOrder) {
  std::vector<int> order;
  {
    defer(order.push_back(1));
    defer(order.push_back(2));
    order.push_back(3);
  }
  EXPECT_EQ(order, (std::vector<int>{3, 2, 1}));
}

TEST(Defer, RunsOnReturnAndBreak) {
  int runs = 0;
  auto f = [&] {
    defer(runs++);
    return runs;
  };
  EXPECT_EQ(f(), 0);
  EXPECT_EQ(runs, 1);
  for (;;) {
    defer(runs += 10);
    break;
  }
  EXPECT_EQ(runs, 11);
}

TEST(Defer, RunsWhenAPanicUnwinds) {
  std::vector<int> order;
  EXPECT_EQ(panic_of([&] {
              defer(order.push_back(1));
              defer(order.push_back(2));
              panic("out");
            }),
            "out");
  EXPECT_EQ(order, (std::vector<int>{2, 1}));
}

TEST(Defer, SeesVariablesAsTheyAreThen) {
  int seen = 0;
  {
    int x = 1;
    defer(seen = x);
    x = 2;
  }
  EXPECT_EQ(seen, 2);
}

TEST(Defer, DiscardsAValueAndTakesCommas) {
  struct S {
    [[nodiscard]] static int f(int a, int b) { return a + b; }
  };
  int n = 0;
  {
    defer(S::f(1, 2));
    defer(n = 1, n++);
  }
  EXPECT_EQ(n, 2);
}

class SleepTest : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(SleepTest);

TEST_P(SleepTest, LastsAtLeastAsLongAsAsked) {
  const auto start = std::chrono::steady_clock::now();
  sleep(5ms);
  EXPECT_GE(std::chrono::steady_clock::now() - start, 5ms);
}

TEST_P(SleepTest, NothingOrLessReturnsAtOnce) {
  sleep(0ms);
  sleep(-5s);
  sleep(std::chrono::duration<double>(-1e30));
}

TEST_P(SleepTest, ManySleepersOverlap) {
  const auto start = std::chrono::steady_clock::now();
  WaitGroup wg;
  for (int i = 0; i < 200; i++) wg.go([] { sleep(50ms); });
  wg.wait();
  // One after the other they would take ten seconds.
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
}

TEST_P(SleepTest, ShorterSleepEndsFirst) {
  auto c = make_chan<int>(2);
  go([c] {
    sleep(300ms);
    c << 2;
  });
  go([c] {
    sleep(1ms);
    c << 1;
  });
  EXPECT_EQ(c.recv(), 1);
  EXPECT_EQ(c.recv(), 2);
}

TEST(Duration, ConvertsToNanosecondsAndSaturates) {
  using internal::to_nanoseconds;
  EXPECT_EQ(to_nanoseconds(1500us), 1500000);
  EXPECT_EQ(to_nanoseconds(std::chrono::duration<float>(0.5f)), 500000000);
  EXPECT_EQ(to_nanoseconds(std::chrono::hours::max()), INT64_MAX);
  EXPECT_EQ(to_nanoseconds(std::chrono::duration<double>(1e30)), INT64_MAX);
  EXPECT_EQ(to_nanoseconds(std::chrono::seconds::min()), 0);
  EXPECT_EQ(to_nanoseconds(std::chrono::nanoseconds::max()), INT64_MAX);
}

}  // namespace
}  // namespace baton::test
