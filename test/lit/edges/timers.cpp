// SPDX-License-Identifier: Apache-2.0
//
// What timers order: a start its own firing, and nothing else.
//
// RUN: %baton_cxx -race -O2 -Wall -Wextra -Werror %s -o %t && %S/Inputs/check.sh %t
// RUN: %baton_cxx -race -O0 %s -o %t.O0 && %S/Inputs/check.sh %t.O0
#include <memory>

#include "Inputs/cases.hpp"

static int x;

// A stopped timer that all goroutines know of; each case resets it.
static Timer stopped_timer() {
  Timer t(1h);
  t.stop();
  return t;
}

static void reset_before_receive(bool receiver_waits) {
  Timer t = stopped_timer();
  WaitGroup wg;
  wg.go([t, receiver_waits]() mutable {
    if (receiver_waits) {
      await(1);
      let_others_block();
    }
    x = 1;
    t.reset(0ms);
    if (!receiver_waits) {
      while (t.c.len() == 0) sleep(1ms);
    }
    reach(2);
  });
  if (!receiver_waits) await(2);
  reach(1);
  t.c.recv();
  x++;
  wg.wait();
}

static void reset_before_select() {
  Timer t = stopped_timer();
  auto other = make_chan<int>();
  WaitGroup wg;
  wg.go([t]() mutable {
    await(1);
    let_others_block();
    x = 1;
    t.reset(0ms);
  });
  reach(1);
  (void)select(on_recv(other), on_recv(t.c));
  x++;
  wg.wait();
}

static void write_after_reset() {
  Timer t = stopped_timer();
  WaitGroup wg;
  wg.go([t]() mutable {
    t.reset(0ms);
    x = 1;
  });
  t.c.recv();
  x++;
  wg.wait();
}

static void after_in_another_goroutine() {
  x = 1;
  auto c = after(1ms);
  WaitGroup wg;
  wg.go([c] {
    c.recv();
    x++;
  });
  wg.wait();
}

static void firings_do_not_order_each_other() {
  auto ticker = std::make_unique<Ticker>(1ms);
  WaitGroup wg;
  wg.go([&] {
    x = 1;
    ticker->c.recv();
    reach(1);
  });
  await(1);
  ticker->c.recv();
  x++;
  wg.wait();
}

static void two_timers() {
  WaitGroup wg;
  wg.go([] {
    x = 1;
    after(1ms).recv();
    reach(1);
  });
  await(1);
  after(1ms).recv();
  x++;
  wg.wait();
}

static void later_reset_says_nothing_about_an_earlier_time() {
  Timer t(0ms);
  while (t.c.len() == 0) sleep(1ms);
  WaitGroup wg;
  wg.go([t]() mutable {
    x = 1;
    t.reset(1h);
    reach(1);
  });
  await(1);
  t.c.recv();  // of the first start
  x++;
  wg.wait();
  t.stop();
}

static void earlier_time_tells_of_its_own_start() {
  Timer t = stopped_timer();
  WaitGroup wg;
  wg.go([t]() mutable {
    x = 1;
    t.reset(0ms);
    while (t.c.len() == 0) sleep(1ms);
    reach(1);
  });
  wg.go([t]() mutable {
    await(1);
    t.reset(1h);
    reach(2);
  });
  await(2);
  t.c.recv();
  x++;
  wg.wait();
  t.stop();
}

static void stop_gives_no_edge() {
  Timer t(1h);
  WaitGroup wg;
  wg.go([t]() mutable {
    x = 1;
    t.stop();
    reach(1);
  });
  await(1);
  t.stop();
  x++;
  wg.wait();
}

static void after_func_knows_its_start() {
  auto done = make_chan<int>();
  x = 1;
  after_func(1ms, [done] {
    x++;
    done << 1;
  });
  done.recv();
  x++;
}

static void after_func_does_not_know_what_came_later() {
  auto done = make_chan<int>(1);
  after_func(0ms, [done] {
    await(1);
    x++;
    done << 1;
  });
  x = 1;
  reach(1);
  done.recv();
}

static void after_func_knows_nothing_of_main() {
  auto done = make_chan<int>(1);
  go([done] {
    after_func(10ms, [done] {
      await(2);
      x++;
      done << 1;
    });
    reach(1);
  });
  await(1);
  x = 1;
  reach(2);
  done.recv();
}

static void after_func_reset_by_another() {
  auto done = make_chan<int>();
  Timer t = after_func(1h, [done] {
    x++;
    done << 1;
  });
  go([t]() mutable {
    x = 1;
    t.reset(1ms);
  });
  done.recv();
}

static void after_func_ends_without_edge() {
  after_func(0ms, [] {
    x = 1;
    reach(1);
  });
  await(1);
  let_others_block();
  x++;
}

static void closures_are_handed_over() {
  WaitGroup wg;
  for (int i = 0; i < 100; i++) {
    wg.add(1);
    Timer t = after_func(i % 3 * 100us, [&wg, text = std::string(100, 'x')] {
      if (text.size() != 100) reach(100);
      wg.done();
    });
    if (i % 5 == 0 && t.stop()) wg.done();
    auto memory = std::make_unique<char[]>(200);
    std::memset(memory.get(), 0, 200);
  }
  wg.wait();
}

static const Case kCases[] = {
    {"no_race_reset_before_receive", [] { reset_before_receive(false); }},
    {"no_race_reset_before_waiting_receive", [] { reset_before_receive(true); }},
    {"no_race_reset_before_select", reset_before_select},
    {"race_write_after_reset", write_after_reset},
    {"no_race_after_in_another_goroutine", after_in_another_goroutine},
    {"race_firings_do_not_order_each_other", firings_do_not_order_each_other},
    {"race_two_timers", two_timers},
    {"race_later_reset_and_an_earlier_time", later_reset_says_nothing_about_an_earlier_time},
    {"no_race_earlier_time_tells_of_its_own_start", earlier_time_tells_of_its_own_start},
    {"race_stop", stop_gives_no_edge},
    {"no_race_after_func_knows_its_start", after_func_knows_its_start},
    {"race_after_func_and_what_came_later", after_func_does_not_know_what_came_later},
    {"race_after_func_knows_nothing_of_main", after_func_knows_nothing_of_main},
    {"no_race_after_func_reset_by_another", after_func_reset_by_another},
    {"race_after_func_ends_without_edge", after_func_ends_without_edge},
    {"no_race_closures_are_handed_over", closures_are_handed_over},
};

int main(int argc, char** argv) { return run_cases(kCases, argc, argv); }
