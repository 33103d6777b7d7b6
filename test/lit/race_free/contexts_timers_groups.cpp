// SPDX-License-Identifier: Apache-2.0
//
// Contexts, groups, timers, pools and maps, as programs use them.
//
// RUN: for level in 0 2; do \
// RUN:   %baton_cxx -race -O$level %s -o %t && %S/Inputs/check.sh %t %rounds || exit 1; \
// RUN: done
#include "Inputs/rounds.h"

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;

void cancelled_workers() {
  auto [ctx, cancel] = with_cancel(background());
  auto work = make_chan<int>();
  int done[3] = {};
  WaitGroup wg;
  for (int i = 0; i < 3; i++) {
    wg.go([ctx = ctx, work, &done, i] {
      for (;;) {
        int item = 0;
        switch (select(on_recv(work, item), on_recv(ctx.done()))) {
          case 0:
            done[i] += item;
            break;
          default:
            return;
        }
      }
    });
  }
  for (int i = 0; i < 12; i++) work << 1;
  cancel();
  wg.wait();
  require(done[0] + done[1] + done[2] == 12, "work was lost");
}

void timers() {
  int value = 0;
  auto fired = make_chan<int>();
  value = 1;
  after_func(10us, [&value, fired] {
    value++;
    fired << value;
  });
  require(fired.recv() == 2, "after_func");
  value = 3;
  auto [ctx, cancel] = with_timeout(background(), 30us);
  ctx.done().recv();
  require(ctx.err() != nil, "timeout");
  cancel();
  Timer timer(1h);
  timer.reset(10us);
  timer.c.recv();
}

void groups() {
  ErrGroup group;
  group.set_limit(2);
  std::vector<int> results(6);
  for (int i = 0; i < 6; i++) {
    group.go([&results, i]() -> error {
      results[static_cast<size_t>(i)] = i * i;
      return nil;
    });
  }
  require(group.wait() == nil, "ErrGroup");
  int sum = 0;
  for (int result : results) sum += result;
  require(sum == 55, "the results of a group");
}

void shared_objects() {
  Pool<std::string> pool;
  Map<int, std::string> map;
  Once once;
  std::string made;
  RWMutex rw;
  std::vector<int> list;
  WaitGroup wg;
  for (int i = 0; i < 4; i++) {
    wg.go([&, i] {
      once.call([&] { made = "made once, and long enough to be on the heap"; });
      require(made.size() > 20, "Once");
      for (int k = 0; k < 6; k++) {
        std::string buffer = pool.get();
        buffer.assign(30, static_cast<char>('a' + i));
        map.store(k, buffer);
        if (auto found = map.load(k)) require(found->size() == 30, "Map");
        pool.put(std::move(buffer));
        if (k == i) {
          const std::scoped_lock hold(rw);
          list.push_back(k);
        } else {
          rw.rlock();
          require(list.size() <= 4, "RWMutex");
          rw.runlock();
        }
      }
    });
  }
  wg.wait();
}

}  // namespace

void round_once(int) {
  cancelled_workers();
  timers();
  groups();
  shared_objects();
}
