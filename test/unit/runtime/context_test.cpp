// SPDX-License-Identifier: Apache-2.0
//
// Context: what ends whom and why, deadlines, values, lifetime.
#include <memory>
#include <vector>

#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

class ContextTest : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(ContextTest);

bool ended(const Context& ctx) { return select(on_recv(ctx.done()), otherwise) == 0; }

TEST_P(ContextTest, BackgroundNeverEnds) {
  const Context ctx = background();
  EXPECT_TRUE(ctx.done() == nil);
  EXPECT_TRUE(ctx.err() == nil);
  EXPECT_FALSE(ctx.deadline().has_value());
}

TEST_P(ContextTest, CancelEndsIt) {
  auto [ctx, cancel] = with_cancel(background());
  EXPECT_FALSE(ended(ctx));
  EXPECT_TRUE(ctx.err() == nil);
  cancel();
  EXPECT_TRUE(ended(ctx));
  EXPECT_TRUE(ctx.err() == canceled);
  EXPECT_EQ(ctx.err().text(), "context canceled");
  cancel();
}

TEST_P(ContextTest, CancelEndsAllBelowAndNobodyElse) {
  auto [root, cancel_root] = with_cancel(background());
  auto [a, cancel_a] = with_cancel(root);
  auto [b, cancel_b] = with_cancel(root);
  auto [aa, cancel_aa] = with_cancel(with_value(a, 1, 2));
  cancel_a();
  EXPECT_TRUE(ended(a) && ended(aa));
  EXPECT_FALSE(ended(root) || ended(b));
  auto [late, cancel_late] = with_cancel(a);
  EXPECT_TRUE(ended(late));
  EXPECT_TRUE(late.err() == canceled);
  cancel_root();
  EXPECT_TRUE(ended(b));
  cancel_late();
}

TEST_P(ContextTest, TimeoutEndsIt) {
  auto [ctx, cancel] = with_timeout(background(), 2ms);
  auto [child, cancel_child] = with_cancel(ctx);
  EXPECT_TRUE(ctx.deadline().has_value());
  EXPECT_TRUE(child.deadline() == ctx.deadline());
  child.done().recv();
  EXPECT_GE(std::chrono::steady_clock::now(), *ctx.deadline());
  EXPECT_TRUE(ctx.err() == deadline_exceeded);
  EXPECT_EQ(child.err().text(), "context deadline exceeded");
  cancel();
  EXPECT_TRUE(ctx.err() == deadline_exceeded);
}

TEST_P(ContextTest, Deadlines) {
  auto [past, cancel_past] = with_deadline(background(), std::chrono::system_clock::now() - 1s);
  EXPECT_TRUE(past.err() == deadline_exceeded);
  auto [near, cancel_near] = with_timeout(background(), 1h);
  auto [far, cancel_far] = with_timeout(near, 2h);
  EXPECT_TRUE(far.deadline() == near.deadline());
  cancel_near();
  EXPECT_TRUE(far.err() == canceled);
}

TEST_P(ContextTest, GoroutinesStop) {
  auto [ctx, cancel] = with_cancel(background());
  auto numbers = make_chan<int>();
  WaitGroup wg;
  for (int g = 0; g < 5; g++) {
    wg.go([ctx = ctx, numbers] {
      for (int i = 0;; i++) {
        if (select(on_send(numbers, i), on_recv(ctx.done())) == 1) return;
      }
    });
  }
  for (int i = 0; i < 100; i++) numbers.recv();
  cancel();
  wg.wait();
}

TEST_P(ContextTest, Values) {
  struct Key {
    int id;
    bool operator==(const Key&) const = default;
  };
  const Context a = with_value(background(), "user", std::string("gopher"));
  const Context b = with_value(a, Key{1}, 17);
  const Context c = with_value(b, "user", std::string("baton"));
  EXPECT_EQ(*a.value<std::string>("user"), "gopher");
  EXPECT_EQ(*b.value<std::string>("user"), "gopher");
  EXPECT_EQ(*c.value<std::string>("user"), "baton");
  EXPECT_EQ(*c.value<int>(Key{1}), 17);
  EXPECT_EQ(c.value<int>(Key{2}), nullptr);
  EXPECT_EQ(c.value<long>(Key{1}), nullptr);
  EXPECT_EQ(a.value<int>(Key{1}), nullptr);
}

TEST_P(ContextTest, CancelFreesEverything) {
  auto token = std::make_shared<int>(1);
  std::weak_ptr<int> watch = token;
  auto [root, cancel_root] = with_cancel(background());
  {
    const Context with = with_value(root, 1, std::move(token));
    auto [ctx, cancel] = with_timeout(with, 1h);
    auto [child, cancel_child] = with_cancel(ctx);
    EXPECT_FALSE(watch.expired());
    cancel();
  }
  EXPECT_TRUE(watch.expired());
  cancel_root();
}

TEST_P(ContextTest, CancelsFromEverywhereAtOnce) {
  for (int round = 0; round < 50; round++) {
    auto [root, cancel] = with_timeout(background(), std::chrono::microseconds(round * 7));
    WaitGroup wg;
    for (int g = 0; g < 6; g++) {
      wg.go([root = root, cancel = cancel, g] {
        auto [ctx, cancel_child] = with_timeout(root, std::chrono::microseconds(g * 50));
        if (g % 3 == 0) cancel_child();
        if (g == 4) cancel();
        ctx.done().recv();
        EXPECT_TRUE(ctx.err() != nil);
        cancel_child();
      });
    }
    wg.wait();
    cancel();
  }
}

class ErrGroupTest : public WithProcessors {};
BATON_TEST_WITH_PROCESSORS(ErrGroupTest);

TEST_P(ErrGroupTest, WaitsForAll) {
  ErrGroup g;
  std::atomic<int> ran = 0;
  for (int i = 0; i < 20; i++) g.go([&] { ran++; });
  EXPECT_TRUE(g.wait() == nil);
  EXPECT_EQ(ran, 20);
}

TEST_P(ErrGroupTest, FirstErrorCounts) {
  const error first("first"), second("second");
  ErrGroup g;
  auto next = make_chan<int>();
  g.go([&] {
    next.recv();
    return second;
  });
  g.go([] { return error(); });
  g.go([&] { return first; });
  settle();
  sleep(1ms);
  // The group does not tell when it has taken note of the first error, so the second one is not in a hurry.
  next << 1;
  const error e = g.wait();
  EXPECT_TRUE(e == first || e == second);
  EXPECT_FALSE(e.text().empty());
}

TEST_P(ErrGroupTest, ErrorEndsTheContext) {
  ErrGroup g(background());
  const error bad("bad");
  g.go([&] {
    g.context().done().recv();
    return g.context().err();
  });
  g.go([&] { return bad; });
  EXPECT_TRUE(g.wait() == bad);
  EXPECT_TRUE(g.context().err() == canceled);
}

TEST_P(ErrGroupTest, WaitEndsTheContext) {
  ErrGroup g(background());
  g.go([] {});
  EXPECT_TRUE(g.wait() == nil);
  EXPECT_TRUE(g.context().err() == canceled);
}

TEST_P(ErrGroupTest, ExceptionsComeOutOfWait) {
  ErrGroup g;
  g.go([] { panic("inside"); });
  EXPECT_EQ(panic_of([&] { g.wait(); }), "inside");
}

TEST_P(ErrGroupTest, LimitIsKept) {
  ErrGroup g;
  g.set_limit(3);
  std::atomic<int> inside = 0;
  std::atomic<bool> too_many = false;
  for (int i = 0; i < 40; i++) {
    g.go([&] {
      if (++inside > 3) too_many = true;
      gosched();
      inside--;
    });
  }
  g.wait();
  EXPECT_FALSE(too_many);
  auto hold = make_chan<int>();
  for (int i = 0; i < 3; i++) EXPECT_TRUE(g.try_go([&] { hold.recv(); }));
  EXPECT_FALSE(g.try_go([] {}));
  EXPECT_NE(panic_of([&] { g.set_limit(5); }), "no panic");
  close(hold);
  g.wait();
  g.set_limit(-1);
  EXPECT_TRUE(g.try_go([] {}));
  g.wait();
}

}  // namespace
}  // namespace baton::test
