// SPDX-License-Identifier: Apache-2.0
//
// What goroutines, WaitGroup, Mutex, atomic functions and sleep order, and what they do not.
//
// RUN: %baton_cxx -race -O2 -Wall -Wextra -Werror %s -o %t && %S/Inputs/check.sh %t
// RUN: %baton_cxx -race -O0 %s -o %t.O0 && %S/Inputs/check.sh %t.O0
#include "Inputs/cases.hpp"

#include <memory>
#include <new>

static int x;
static int y;
static int64_t flag;

static void start_of_goroutine() {
  auto done = make_chan<int>();
  x = 1;
  go([done] {
    x++;
    done << 1;
  });
  done.recv();
}

static void after_start_of_goroutine() {
  auto done = make_chan<int>();
  go([done] {
    x = 1;
    done << 1;
  });
  x = 2;
  done.recv();
}

static void end_of_goroutine() {
  go([] {
    x = 1;
    reach(1);
  });
  await(1);
  let_others_block();
  x++;
}

static void sleeping() {
  go([] { x = 1; });
  sleep(20ms);
  x++;
}

static void done_before_wait() {
  WaitGroup wg;
  wg.add(2);
  go([&] {
    x = 1;
    wg.done();
  });
  go([&] {
    y = 1;
    wg.done();
  });
  wg.wait();
  x++;
  y++;
}

static void done_before_late_wait() {
  WaitGroup wg;
  wg.add(1);
  go([&] {
    x = 1;
    wg.done();
    reach(1);
  });
  await(1);
  wg.wait();
  x++;
}

static void done_before_each_of_many_waits() {
  WaitGroup wg, all;
  wg.add(1);
  for (int i = 0; i < 5; i++) {
    all.go([&] {
      wg.wait();
      if (x != 1) reach(100);
    });
  }
  let_others_block();
  x = 1;
  wg.done();
  all.wait();
}

static void dones_do_not_order_each_other() {
  WaitGroup wg;
  wg.add(2);
  go([&] {
    x = 1;
    wg.done();
    reach(1);
  });
  go([&] {
    await(1);
    wg.done();
    x = 2;
    reach(2);
  });
  await(2);
}

static void write_after_done() {
  WaitGroup wg;
  wg.add(1);
  go([&] {
    wg.done();
    x = 1;
    reach(1);
  });
  wg.wait();
  x++;
  await(1);
}

static void first_add_in_the_goroutine() {
  // It is a race if main comes to wait before the counter is back at zero: so in most rounds.
  static WaitGroup groups[50];
  for (int i = 0; i < 50; i++) {
    go([i] {
      groups[i].add(1);
      reach(2 * i + 1);
      await(2 * i + 2);
      let_others_block();
      groups[i].done();
    });
    await(2 * i + 1);
    reach(2 * i + 2);
    groups[i].wait();
  }
}

static void further_adds_in_goroutines() {
  WaitGroup wg;
  wg.add(1);
  go([&] {
    for (int i = 0; i < 5; i++) {
      wg.add(1);
      go([&] { wg.done(); });
    }
    wg.done();
  });
  wg.wait();
}

static void wait_group_on_the_heap() {
  for (int i = 0; i < 50; i++) {
    auto wg = std::make_unique<WaitGroup>();
    wg->add(2);
    for (int g = 0; g < 2; g++) go([p = wg.get()] { p->done(); });
    wg->wait();
  }
}

static void wait_group_used_again() {
  WaitGroup wg;
  for (int i = 0; i < 20; i++) {
    wg.add(2);
    for (int g = 0; g < 2; g++) {
      go([&, g] {
        (g == 0 ? x : y)++;
        wg.done();
      });
    }
    wg.wait();
    x += y;
  }
}

static void wait_group_overwritten() {
  alignas(WaitGroup) static char memory[sizeof(WaitGroup)];
  auto* wg = new (memory) WaitGroup;
  go([wg] {
    wg->add(1);
    reach(1);
  });
  await(1);
  std::memset(memory, 0, sizeof memory);
}

static void mutex_protects() {
  Mutex mu;
  WaitGroup wg;
  for (int g = 0; g < 4; g++) {
    wg.go([&] {
      for (int i = 0; i < 100; i++) {
        mu.lock();
        x++;
        if (i % 10 == 0) gosched();
        mu.unlock();
      }
    });
  }
  wg.wait();
}

static void mutexes_are_separate() {
  Mutex a, b;
  WaitGroup wg;
  wg.go([&] {
    std::scoped_lock lock(a);
    x++;
  });
  wg.go([&] {
    std::scoped_lock lock(b);
    x++;
  });
  wg.wait();
}

static void write_after_unlock() {
  static Mutex mu;
  go([] {
    mu.lock();
    mu.unlock();
    x = 1;
    reach(1);
  });
  await(1);
  mu.lock();
  x++;
  mu.unlock();
}

static void unlock_in_another_goroutine() {
  Mutex mu;
  mu.lock();
  go([&] {
    x = 1;
    mu.unlock();
  });
  mu.lock();
  x++;
  mu.unlock();
}

static void try_lock_that_succeeds() {
  static Mutex mu;
  go([] {
    mu.lock();
    x = 1;
    mu.unlock();
    reach(1);
  });
  await(1);
  while (!mu.try_lock()) gosched();
  x++;
  mu.unlock();
}

static void try_lock_that_fails() {
  static Mutex mu;
  mu.lock();
  mu.unlock();
  go([] {
    x = 1;
    mu.lock();
    reach(1);
    await(2);
    mu.unlock();
  });
  await(1);
  if (!mu.try_lock()) x++;
  reach(2);
}

static void mutex_deleted_in_use() {
  auto* mu = new Mutex;
  go([mu] {
    mu->lock();
    mu->unlock();
    reach(1);
  });
  await(1);
  delete mu;
}

static void mutex_deleted_by_the_last_user() {
  struct Shared {
    Mutex mu;
    int users = 4;
  };
  auto* shared = new Shared;
  WaitGroup wg;
  for (int g = 0; g < 4; g++) {
    wg.go([=] {
      shared->mu.lock();
      const bool last = --shared->users == 0;
      shared->mu.unlock();
      if (last) delete shared;
    });
  }
  wg.wait();
}

static void atomic_flag_orders() {
  go([] {
    x = 1;
    atomic_store(&flag, 1);
  });
  while (atomic_load(&flag) == 0) gosched();
  x++;
}

static void atomic_add_orders() {
  go([] {
    x = 1;
    atomic_add(&flag, 1);
  });
  while (atomic_cas(&flag, 0, 0)) gosched();
  x++;
}

static void atomic_accesses_only() {
  WaitGroup wg;
  for (int g = 0; g < 4; g++) {
    wg.go([] {
      for (int i = 0; i < 100; i++) {
        atomic_add(&flag, 1);
        atomic_swap(&flag, atomic_load(&flag));
        atomic_cas(&flag, 1, 2);
      }
    });
  }
  wg.wait();
}

static void atomic_and_plain() {
  WaitGroup wg;
  wg.go([] { atomic_add(&flag, 1); });
  flag++;
  wg.wait();
}

static void deferred_done() {
  WaitGroup wg;
  wg.add(1);
  go([&] {
    defer(wg.done());
    x = 1;
  });
  wg.wait();
  x++;
}

static const Case kCases[] = {
    {"no_race_start_of_goroutine", start_of_goroutine},
    {"race_after_start_of_goroutine", after_start_of_goroutine},
    {"race_end_of_goroutine", end_of_goroutine},
    {"race_sleep", sleeping},
    {"no_race_done_before_wait", done_before_wait},
    {"no_race_done_before_late_wait", done_before_late_wait},
    {"no_race_done_before_each_of_many_waits", done_before_each_of_many_waits},
    {"race_dones_do_not_order_each_other", dones_do_not_order_each_other},
    {"race_write_after_done", write_after_done},
    {"race_first_add_in_the_goroutine", first_add_in_the_goroutine},
    {"no_race_further_adds_in_goroutines", further_adds_in_goroutines},
    {"no_race_wait_group_on_the_heap", wait_group_on_the_heap},
    {"no_race_wait_group_used_again", wait_group_used_again},
    {"race_wait_group_overwritten", wait_group_overwritten},
    {"no_race_mutex", mutex_protects},
    {"race_two_mutexes", mutexes_are_separate},
    {"race_write_after_unlock", write_after_unlock},
    {"no_race_unlock_in_another_goroutine", unlock_in_another_goroutine},
    {"no_race_try_lock_that_succeeds", try_lock_that_succeeds},
    {"race_try_lock_that_fails", try_lock_that_fails},
    {"race_mutex_deleted_in_use", mutex_deleted_in_use},
    {"no_race_mutex_deleted_by_the_last_user", mutex_deleted_by_the_last_user},
    {"no_race_atomic_flag", atomic_flag_orders},
    {"no_race_atomic_add", atomic_add_orders},
    {"no_race_atomic_accesses_only", atomic_accesses_only},
    {"race_atomic_and_plain", atomic_and_plain},
    {"no_race_deferred_done", deferred_done},
};

int main(int argc, char** argv) { return run_cases(kCases, argc, argv); }
