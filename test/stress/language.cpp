// SPDX-License-Identifier: Apache-2.0
//
// Channels, select, goroutines.
#include "test/stress/scenarios.h"

#include <atomic>
#include <span>
#include <vector>

namespace baton::stress {

// Numbers from several senders to several receivers, by every way to send and receive: none is lost or doubled.
void channel(Random random) {
  const int senders = pick(random, 1, 6);
  const int receivers = pick(random, 1, 6);
  const int each = pick(random, 1, 300);
  auto c = make_chan<int>(static_cast<std::size_t>(pick(random, 0, 20)));
  auto never = make_chan<int>();
  WaitGroup sending;
  for (int s = 0; s < senders; s++) {
    sending.go([=, mine = Random(random())]() mutable {
      for (int i = 1; i <= each; i++) {
        switch (pick(mine, 0, 3)) {
          case 0:
            c << i;
            break;
          case 1:
            while (!c.try_send(i)) gosched();
            break;
          case 2:
            if (select(on_recv(never), on_send(c, i)) != 1) std::abort();
            break;
          default:
            while (select(on_send(c, i), on_recv(after(std::chrono::microseconds(pick(mine, 1, 50))))) != 0) {
            }
        }
      }
    });
  }
  std::atomic<long> sum{0};
  WaitGroup receiving;
  for (int r = 0; r < receivers; r++) {
    receiving.go([&, c, mine = Random(random())]() mutable {
      for (;;) {
        int v = 0;
        bool ok = true;
        if (pick(mine, 0, 1) == 0) {
          std::tie(v, ok) = [&] {
            auto [value, more] = c.recv_ok();
            return std::pair(value, more);
          }();
        } else if (select(on_recv(c, v, ok), on_recv(never)) != 0) {
          std::abort();
        }
        if (!ok) return;
        sum += v;
      }
    });
  }
  sending.wait();
  close(c);
  receiving.wait();
  REQUIRE(sum == long{senders} * each * (each + 1) / 2);
}

// The same with a list of cases that is made at run time, where some cases are switched off.
void dynamic_select(Random random) {
  const auto n = static_cast<std::size_t>(pick(random, 1, 12));
  const int each = pick(random, 1, 60);
  std::vector<chan<int>> channels(n);
  WaitGroup sending;
  for (auto& c : channels) {
    c = make_chan<int>(static_cast<std::size_t>(pick(random, 0, 2)));
    sending.go([=] {
      for (int i = 1; i <= each; i++) c << i;
      close(c);
    });
  }
  long sum = 0;
  for (std::size_t open = n; open > 0;) {
    int v = 0;
    bool ok = false;
    std::vector<select_case> cases;
    for (auto& c : channels) cases.push_back(on_recv(c, v, ok));
    const int chosen = select(std::span<select_case>(cases));
    sum += v;
    if (ok) continue;
    channels[static_cast<std::size_t>(chosen)] = nil;
    open--;
  }
  sending.wait();
  REQUIRE(sum == static_cast<long>(n) * each * (each + 1) / 2);
}

// Trees of goroutines that end in every way there is.
void births(Random random) {
  std::atomic<int> ended{0};
  Once once;
  int calls = 0;
  WaitGroup wg;
  const int n = pick(random, 1, 300);
  for (int i = 0; i < n; i++) {
    wg.add(1);
    go([&, how = pick(random, 0, 3)] {
      defer(wg.done());
      defer(ended++);
      once.call([&] {
        gosched();
        calls++;
      });
      if (how == 0) goexit();
      if (how == 1) {
        try {
          panic("caught");
        } catch (const panic_error&) {
          gosched();
        }
      }
      if (how == 2) wg.go([&] { ended++; });
      if (how == 2) ended--;
    });
  }
  wg.wait();
  REQUIRE(ended == n && calls == 1);
}

}  // namespace baton::stress
