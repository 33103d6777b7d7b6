// SPDX-License-Identifier: Apache-2.0
//
// What RWMutex, Once and Cond order, and what they do not.
//
// RUN: %baton_cxx -race -O2 -Wall -Wextra -Werror %s -o %t && %S/Inputs/check.sh %t
// RUN: %baton_cxx -race -O0 %s -o %t.O0 && %S/Inputs/check.sh %t.O0
#include <memory>
#include <mutex>

#include "Inputs/cases.hpp"

static int x;
static int y;

static void writers() {
  RWMutex rw;
  WaitGroup wg;
  for (int g = 0; g < 4; g++) {
    wg.go([&] {
      for (int i = 0; i < 50; i++) {
        std::scoped_lock lock(rw);
        x++;
        if (i % 10 == 0) gosched();
      }
    });
  }
  wg.wait();
}

static void writer_before_reader() {
  static RWMutex rw;
  go([] {
    rw.lock();
    x = 1;
    rw.unlock();
    reach(1);
  });
  await(1);
  rw.rlock();
  y = x;
  rw.runlock();
}

static void reader_before_writer() {
  static RWMutex rw;
  go([] {
    rw.rlock();
    y = x;
    rw.runlock();
    reach(1);
  });
  await(1);
  rw.lock();
  x = 1;
  rw.unlock();
}

static void all_readers_before_writer() {
  RWMutex rw;
  WaitGroup wg;
  int sums[5] = {};
  for (int g = 0; g < 5; g++) {
    wg.go([&, g] {
      for (int i = 0; i < 20; i++) {
        rw.rlock();
        sums[g] += x;
        gosched();
        rw.runlock();
        if (i % 5 == 0) {
          rw.lock();
          x++;
          rw.unlock();
        }
      }
    });
  }
  wg.wait();
}

static void readers_do_not_order_each_other() {
  static RWMutex rw;
  go([] {
    rw.rlock();
    x = 1;
    rw.runlock();
    reach(1);
  });
  await(1);
  rw.rlock();
  x++;
  rw.runlock();
}

static void readers_after_a_writer_do_not_order_each_other() {
  static RWMutex rw;
  rw.lock();
  rw.unlock();
  go([] {
    rw.rlock();
    x = 1;
    rw.runlock();
    reach(1);
  });
  await(1);
  std::shared_lock lock(rw);
  x++;
}

static void failed_try_lock() {
  static RWMutex rw;
  go([] {
    rw.rlock();
    x = 1;
    rw.runlock();
    rw.rlock();
    reach(1);
    await(2);
    rw.runlock();
  });
  await(1);
  if (!rw.try_lock()) x++;
  reach(2);
}

static void failed_try_rlock() {
  static RWMutex rw;
  go([] {
    rw.lock();
    x = 1;
    rw.unlock();
    rw.lock();
    reach(1);
    await(2);
    rw.unlock();
  });
  await(1);
  if (!rw.try_rlock()) x++;
  reach(2);
}

static void failed_try_locks_order_nobody() {
  static RWMutex rw;
  rw.rlock();
  WaitGroup wg;
  wg.go([] {
    x = 1;
    (void)rw.try_lock();
    reach(1);
  });
  wg.go([] {
    await(1);
    (void)rw.try_lock();
    x = 2;
  });
  wg.wait();
}

static void try_locks_that_succeed() {
  static RWMutex rw;
  go([] {
    rw.lock();
    x = 1;
    rw.unlock();
    reach(1);
  });
  await(1);
  while (!rw.try_rlock()) gosched();
  x++;
  rw.runlock();
  while (!rw.try_lock()) gosched();
  x++;
  rw.unlock();
}

static void rw_mutex_deleted_in_use() {
  auto* rw = new RWMutex;
  go([rw] {
    rw->rlock();
    rw->runlock();
    reach(1);
  });
  await(1);
  delete rw;
}

static void once_before_all() {
  Once once;
  WaitGroup wg;
  for (int g = 0; g < 5; g++) {
    wg.go([&] {
      once.call([] {
        gosched();
        x = 1;
      });
      if (x != 1) reach(100);
    });
  }
  wg.wait();
}

static void late_once() {
  static Once once;
  go([] {
    once.call([] { x = 1; });
    reach(1);
  });
  await(1);
  once.call([] {});
  x++;
}

static void write_after_once() {
  static Once once;
  go([] {
    once.call([] {});
    x = 1;
    reach(1);
  });
  await(1);
  once.call([] {});
  x++;
}

static void later_calls_of_once_do_not_order() {
  static Once once;
  once.call([] {});
  go([] {
    x = 1;
    once.call([] {});
    reach(1);
  });
  await(1);
  once.call([] {});
  x++;
}

static void once_functions() {
  auto f = once_func([] { x = 1; });
  auto v = once_value([] { return std::make_unique<int>(3); });
  WaitGroup wg;
  for (int g = 0; g < 5; g++) {
    wg.go([=] {
      f();
      if (x + *v() != 4) reach(100);
    });
  }
  wg.wait();
}

static void signal_before_wait_returns() {
  // The lock orders nothing here: the signal comes after the write and without the lock.
  static Mutex mu;
  static Cond cond(mu);
  go([] {
    await(1);
    mu.lock();
    mu.unlock();
    let_others_block();
    x = 1;
    cond.signal();
  });
  mu.lock();
  reach(1);
  cond.wait();
  x++;
  mu.unlock();
}

static void broadcast_before_waits_return() {
  static Mutex mu;
  static Cond cond(mu);
  WaitGroup wg;
  std::atomic<int> waiting = 0;
  for (int g = 0; g < 5; g++) {
    wg.go([&] {
      mu.lock();
      waiting.fetch_add(1, std::memory_order_relaxed);
      cond.wait();
      mu.unlock();
      if (x != 1) reach(100);
    });
  }
  while (waiting.load(std::memory_order_relaxed) < 5) gosched();
  mu.lock();
  mu.unlock();
  x = 1;
  cond.broadcast();
  wg.wait();
}

static void write_after_signal() {
  static Mutex mu;
  static Cond cond(mu);
  go([] {
    await(1);
    mu.lock();
    mu.unlock();
    cond.signal();
    x = 1;
    reach(2);
  });
  mu.lock();
  reach(1);
  cond.wait();
  mu.unlock();
  await(2);
  x++;
}

static void signal_to_somebody_else() {
  // Two wait, and are woken by two signals in order. The second one tells the first waiter nothing.
  static Mutex mu;
  static Cond cond(mu);
  go([] {
    mu.lock();
    reach(1);
    cond.wait();
    mu.unlock();  // before main's signal: else the other one's use of the lock would be an edge
    await(3);
    reach(4);
    await(5);
    x++;
    reach(6);
  });
  await(1);
  go([] {
    mu.lock();
    reach(2);
    cond.wait();
    mu.unlock();
    reach(5);
  });
  await(2);
  go([] {
    mu.lock();  // so that both are in the queue
    mu.unlock();
    cond.signal();
    reach(3);
  });
  await(4);
  x = 1;
  cond.signal();
  await(6);
}

static void queue_with_conditions() {
  Mutex mu;
  Cond changed(mu);
  std::unique_ptr<int> slot;
  WaitGroup wg;
  for (int g = 0; g < 3; g++) {
    wg.go([&] {
      for (int i = 0; i < 50; i++) {
        std::scoped_lock lock(mu);
        while (slot) changed.wait();
        slot = std::make_unique<int>(i);
        changed.broadcast();
      }
    });
    wg.go([&] {
      for (int i = 0; i < 50; i++) {
        std::scoped_lock lock(mu);
        while (!slot) changed.wait();
        slot.reset();
        changed.broadcast();
      }
    });
  }
  wg.wait();
}

static void cond_deleted_in_use() {
  static Mutex mu;
  auto* cond = new Cond(mu);
  go([cond] {
    cond->signal();
    reach(1);
  });
  await(1);
  delete cond;
}

static const Case kCases[] = {
    {"no_race_writers", writers},
    {"no_race_writer_before_reader", writer_before_reader},
    {"no_race_reader_before_writer", reader_before_writer},
    {"no_race_all_readers_before_writer", all_readers_before_writer},
    {"race_readers_do_not_order_each_other", readers_do_not_order_each_other},
    {"race_readers_after_a_writer_do_not_order_each_other", readers_after_a_writer_do_not_order_each_other},
    {"race_failed_try_lock", failed_try_lock},
    {"race_failed_try_rlock", failed_try_rlock},
    {"race_failed_try_locks_order_nobody", failed_try_locks_order_nobody},
    {"no_race_try_locks_that_succeed", try_locks_that_succeed},
    {"race_rw_mutex_deleted_in_use", rw_mutex_deleted_in_use},
    {"no_race_once_before_all", once_before_all},
    {"no_race_late_once", late_once},
    {"race_write_after_once", write_after_once},
    {"race_later_calls_of_once_do_not_order", later_calls_of_once_do_not_order},
    {"no_race_once_functions", once_functions},
    {"no_race_signal_before_wait_returns", signal_before_wait_returns},
    {"no_race_broadcast_before_waits_return", broadcast_before_waits_return},
    {"race_write_after_signal", write_after_signal},
    {"race_signal_to_somebody_else", signal_to_somebody_else},
    {"no_race_queue_with_conditions", queue_with_conditions},
    {"race_cond_deleted_in_use", cond_deleted_in_use},
};

int main(int argc, char** argv) { return run_cases(kCases, argc, argv); }
