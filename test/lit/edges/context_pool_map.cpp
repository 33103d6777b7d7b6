// SPDX-License-Identifier: Apache-2.0
//
// What Context, ErrGroup, Pool and Map order, and what copies of their handles do not.
//
// RUN: %baton_cxx -race -O2 -Wall -Wextra -Werror %s -o %t && %S/Inputs/check.sh %t
// RUN: %baton_cxx -race -O0 %s -o %t.O0 && %S/Inputs/check.sh %t.O0
#include <memory>

#include "Inputs/cases.hpp"

static int x;

static void cancel_before_done() {
  auto [ctx, cancel] = with_cancel(background());
  auto [child, cancel_child] = with_cancel(ctx);
  go([cancel = cancel] {
    x = 1;
    cancel();
  });
  child.done().recv();
  x++;
}

static void cancel_before_err() {
  auto [ctx, cancel] = with_cancel(background());
  go([cancel = cancel] {
    x = 1;
    cancel();
  });
  while (ctx.err() == nil) gosched();
  x++;
}

static void write_after_cancel() {
  auto [ctx, cancel] = with_cancel(background());
  go([cancel = cancel] {
    cancel();
    x = 1;
    reach(1);
  });
  ctx.done().recv();
  x++;
  await(1);
}

static void copies_do_not_order() {
  auto [ctx, cancel] = with_cancel(background());
  go([ctx = ctx] {
    x = 1;
    Context copy = ctx;
    reach(1);
  });
  await(1);
  Context copy = ctx;
  x++;
  cancel();
}

static void timeout_orders_its_start() {
  x = 1;
  auto [ctx, cancel] = with_timeout(background(), 1ms);
  WaitGroup wg;
  wg.go([ctx = ctx] {
    ctx.done().recv();
    x++;
  });
  wg.wait();
  cancel();
}

static void contexts_come_and_go() {
  auto [root, cancel] = with_timeout(background(), 20ms);
  WaitGroup wg;
  for (int g = 0; g < 5; g++) {
    wg.go([root = root, g] {
      for (int i = 0; i < 20; i++) {
        auto [ctx, cancel_child] = with_timeout(with_value(root, "key", std::string(40, 'x')), g * 1ms);
        if (ctx.value<std::string>("key")->size() != 40) reach(100);
        if (i % 2 == 0) ctx.done().recv();
        cancel_child();
        auto memory = std::make_unique<char[]>(300);
        std::memset(memory.get(), 0, 300);
      }
    });
  }
  wg.wait();
  cancel();
}

static void group_before_wait() {
  ErrGroup g(background());
  g.set_limit(2);
  int sums[6] = {};
  for (int i = 0; i < 6; i++) {
    g.go([&sums, i] {
      sums[i] = i;
      return i == 3 ? error("three") : error();
    });
  }
  if (g.wait() == nil) reach(100);
  for (int sum : sums) x += sum;
}

static void group_members_do_not_order_each_other() {
  ErrGroup g;
  g.go([] { x = 1; });
  g.go([] { x = 2; });
  g.wait();
}

static void pool_object() {
  Pool<std::unique_ptr<int>> pool([] { return std::make_unique<int>(0); });
  WaitGroup wg;
  for (int g = 0; g < 4; g++) {
    wg.go([&] {
      for (int i = 0; i < 50; i++) {
        auto p = pool.get();
        (*p)++;
        gosched();
        pool.put(std::move(p));
      }
    });
  }
  wg.wait();
}

static void pool_gives_no_other_order() {
  Pool<int> pool;
  pool.put(1);
  WaitGroup wg;
  wg.go([&] {
    x = 1;
    pool.get();
    reach(1);
  });
  await(1);
  pool.put(2);
  pool.get();
  x++;
  wg.wait();
}

static void map_value() {
  static Map<int, int*> map;
  static int target;
  go([] {
    target = 1;
    map.store(7, &target);
  });
  for (;;) {
    if (auto p = map.load(7)) {
      (**p)++;
      break;
    }
    gosched();
  }
}

static void map_loads_do_not_order() {
  static Map<int, int> map;
  map.store(1, 1);
  go([] {
    x = 1;
    (void)map.load(1);
    reach(1);
  });
  await(1);
  (void)map.load(1);
  x++;
}

static void once_func_copies_do_not_order() {
  auto f = once_func([] {});
  f();
  go([f] {
    x = 1;
    auto copy = f;
    reach(1);
  });
  await(1);
  auto copy = f;
  x++;
}

static const Case kCases[] = {
    {"no_race_cancel_before_done", cancel_before_done},
    {"no_race_cancel_before_err", cancel_before_err},
    {"race_write_after_cancel", write_after_cancel},
    {"race_copies_of_contexts", copies_do_not_order},
    {"no_race_timeout_orders_its_start", timeout_orders_its_start},
    {"no_race_contexts_come_and_go", contexts_come_and_go},
    {"no_race_group_before_wait", group_before_wait},
    {"race_group_members", group_members_do_not_order_each_other},
    {"no_race_pool_object", pool_object},
    {"race_pool_gives_no_other_order", pool_gives_no_other_order},
    {"no_race_map_value", map_value},
    {"race_map_loads", map_loads_do_not_order},
    {"race_copies_of_once_func", once_func_copies_do_not_order},
};

int main(int argc, char** argv) { return run_cases(kCases, argc, argv); }
