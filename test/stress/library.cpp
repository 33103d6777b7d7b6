// SPDX-License-Identifier: Apache-2.0
//
// Locks, time, contexts, groups, and what keeps values for many.
#include "test/stress/scenarios.h"

#include <atomic>
#include <mutex>
#include <shared_mutex>
#include <string>

namespace baton::stress {

// Two numbers that are equal whenever no writer is inside, and a counter.
void locks(Random random) {
  RWMutex rw;
  Mutex mu;
  int a = 0;
  int b = 0;
  int counter = 0;
  const int n = pick(random, 2, 12);
  const int times = pick(random, 1, 100);
  WaitGroup wg;
  for (int i = 0; i < n; i++) {
    wg.go([&, mine = Random(random())]() mutable {
      for (int k = 0; k < times; k++) {
        mu.lock();
        const int before = counter;
        if (pick(mine, 0, 9) == 0) gosched();
        counter = before + 1;
        mu.unlock();
        if (pick(mine, 0, 3) == 0) {
          const std::scoped_lock lock(rw);
          a++;
          if (pick(mine, 0, 3) == 0) sleep(std::chrono::microseconds(pick(mine, 0, 20)));
          b++;
        } else {
          const std::shared_lock lock(rw);
          if (a != b) std::abort();
        }
      }
    });
  }
  wg.wait();
  REQUIRE(counter == n * times && a == b);
}

// A bounded queue on a Mutex and a Cond.
void condition(Random random) {
  Mutex mu;
  Cond changed(mu);
  int held = 0;
  const int room = pick(random, 1, 5);
  const int n = pick(random, 1, 5);
  const int each = pick(random, 1, 200);
  long taken = 0;
  WaitGroup wg;
  for (int i = 0; i < n; i++) {
    wg.go([&] {
      for (int k = 0; k < each; k++) {
        const std::scoped_lock lock(mu);
        while (held == room) changed.wait();
        held++;
        changed.broadcast();
      }
    });
    wg.go([&] {
      for (int k = 0; k < each; k++) {
        const std::scoped_lock lock(mu);
        while (held == 0) changed.wait();
        held--;
        taken++;
        changed.broadcast();
      }
    });
  }
  wg.wait();
  REQUIRE(held == 0 && taken == long{n} * each);
}

// Contexts end below those that end, and timers fire or are stopped, never both.
void time_and_contexts(Random random) {
  auto [root, cancel] = with_cancel(background());
  WaitGroup wg;
  std::atomic<int> fired{0};
  std::atomic<int> stopped{0};
  const int n = pick(random, 1, 40);
  for (int i = 0; i < n; i++) {
    wg.go([&, root, limit = pick(random, 0, 2000)] {
      auto [ctx, end] = with_timeout(root, std::chrono::microseconds(limit));
      defer(end());
      ctx.done().recv();
      if (!ctx.err()) std::abort();
    });
    Timer timer = after_func(std::chrono::microseconds(pick(random, 0, 300)), [&] { fired++; });
    wg.go([&, timer, pause = pick(random, 0, 300)]() mutable {
      sleep(std::chrono::microseconds(pause));
      if (timer.stop()) stopped++;
    });
  }
  Ticker ticker(std::chrono::microseconds(100));
  for (int i = pick(random, 0, 5); i > 0; i--) ticker.c.recv();
  cancel();
  wg.wait();
  while (fired + stopped < n) gosched();
  REQUIRE(fired + stopped == n);
}

// A group stops at the first error and never runs more than its limit; a cancelled context reaches all of it.
void groups(Random random) {
  const int n = pick(random, 1, 40);
  const int limit = pick(random, 1, 8);
  const int wrong = pick(random, 0, 2 * n);
  std::atomic<int> running{0};
  std::atomic<int> ran{0};
  std::atomic<bool> too_many{false};
  ErrGroup group(with_value(background(), "limit", limit));
  group.set_limit(limit);
  for (int i = 0; i < n; i++) {
    group.go([&, i, pause = pick_microseconds(random, 200)]() -> error {
      if (++running > *group.context().value<int>("limit")) too_many = true;
      defer(running--);
      ran++;
      if (i == wrong) return error("wrong");
      static_cast<void>(select(on_recv(group.context().done()), on_recv(after(pause))));
      return nil;
    });
  }
  const error result = group.wait();
  REQUIRE(ran == n && !too_many);
  REQUIRE((wrong < n) == static_cast<bool>(result));
  REQUIRE(group.context().err() == canceled);
}

// A Pool hands an object to one at a time; a Map stores for each key what was stored first; once_value computes once.
void pools_and_maps(Random random) {
  struct Object {
    std::atomic<int> users{0};
  };
  Pool<std::shared_ptr<Object>> pool([] { return std::make_shared<Object>(); });
  Map<int, int> map;
  std::atomic<int> computed{0};
  const auto answer = once_value([&] {
    gosched();
    return ++computed;
  });
  WaitGroup wg;
  for (int i = pick(random, 1, 12); i > 0; i--) {
    wg.go([&, i, mine = Random(random())]() mutable {
      for (int k = pick(mine, 1, 50); k > 0; k--) {
        auto object = pool.get();
        require(++object->users == 1, "pools_and_maps", "an object has one user");
        if (pick(mine, 0, 3) == 0) gosched();
        object->users--;
        pool.put(std::move(object));
        const int key = pick(mine, 0, 5);
        const auto [value, loaded] = map.load_or_store(key, i);
        require(map.load(key) == value, "pools_and_maps", "a stored value stays");
        require(answer() == 1, "pools_and_maps", "it is computed once");
      }
    });
  }
  wg.wait();
}

}  // namespace baton::stress
