// SPDX-License-Identifier: Apache-2.0
//
// Once, once_func, once_value: one call, for which the others wait; what a panic does.
#include <memory>

#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

class OnceTest : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(OnceTest);

[[maybe_unused]] constinit Once global;
static_assert(!std::is_copy_constructible_v<Once> && !std::is_move_constructible_v<Once>);

TEST_P(OnceTest, CallsOnce) {
  Once once;
  int calls = 0;
  WaitGroup wg;
  for (int g = 0; g < 20; g++) {
    wg.go([&] {
      once.call([&] { calls++; });
      EXPECT_EQ(calls, 1);
    });
  }
  wg.wait();
  once.call([&] { calls++; });
  EXPECT_EQ(calls, 1);
}

TEST_P(OnceTest, OthersWaitForTheFirst) {
  Once once;
  std::atomic<bool> inside = false, finished = false;
  auto let_go = make_chan<int>();
  std::atomic<int> returned = 0;
  WaitGroup wg;
  wg.go([&] {
    once.call([&] {
      inside = true;
      let_go.recv();
      finished = true;
    });
  });
  wait_until([&] { return inside.load(); });
  for (int g = 0; g < 5; g++) {
    wg.go([&] {
      once.call([] { FAIL(); });
      EXPECT_TRUE(finished);
      returned++;
    });
  }
  settle();
  EXPECT_EQ(returned, 0);
  let_go << 1;
  wg.wait();
}

TEST_P(OnceTest, CallThatPanicsCounts) {
  Once once;
  EXPECT_EQ(panic_of([&] { once.call([] { panic("first"); }); }), "first");
  EXPECT_EQ(panic_of([&] { once.call([] { panic("second"); }); }), "no panic");
}

TEST_P(OnceTest, OnceFunc) {
  int calls = 0;
  auto f = once_func([&] { calls++; });
  auto copy = f;
  WaitGroup wg;
  for (int g = 0; g < 10; g++) wg.go(copy);
  wg.wait();
  f();
  EXPECT_EQ(calls, 1);
}

TEST_P(OnceTest, OnceFuncRepeatsItsPanic) {
  int calls = 0;
  auto f = once_func([&] {
    calls++;
    panic("always");
  });
  EXPECT_EQ(panic_of(f), "always");
  EXPECT_EQ(panic_of(f), "always");
  EXPECT_EQ(calls, 1);
}

TEST_P(OnceTest, OnceValue) {
  int calls = 0;
  auto f = once_value([&, owned = std::make_unique<int>(7)] {
    calls++;
    return std::make_unique<int>(*owned);
  });
  const int* first = f().get();
  EXPECT_EQ(*first, 7);
  EXPECT_EQ(f().get(), first);
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace baton::test
