// SPDX-License-Identifier: Apache-2.0
//
// mix SECONDS [SEED]: rounds of randomly chosen scenarios that run side by side, with every primitive of the runtime
// and a number of processors that changes under way. Each scenario checks what must hold whatever the schedule was. The
// seed of each round is printed before it; with SEED only that round runs.
#include <baton/baton.hpp>
#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>
#include <vector>

using namespace baton;

namespace {

using Random = std::mt19937_64;

int pick(Random& random, int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); }

void require(bool condition, const char* scenario, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "%s: %s does not hold\n", scenario, what);
  std::abort();
}
#define REQUIRE(condition) require(condition, __func__, #condition)

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

// Bytes come back as they were sent, whoever closes or gives up meanwhile.
void network(Random random) {
  const bool tcp = pick(random, 0, 1) == 0;
  auto [listener, err] = listen(tcp ? "tcp" : "unix", tcp ? "127.0.0.1:0" : "@baton_mix_" + std::to_string(random()));
  if (err) return;  // out of descriptors
  WaitGroup wg;
  wg.go([&wg, l = listener] {
    for (;;) {
      auto [conn, accept_error] = l.accept();
      if (accept_error) return;
      wg.go([c = conn] {
        char buffer[512];
        for (;;) {
          auto [n, read_error] = c.read(buffer);
          if (read_error || c.write(buffer, n).err) return;
        }
      });
    }
  });
  WaitGroup clients;
  for (int i = pick(random, 1, 12); i > 0; i--) {
    clients.go([&, address = listener.addr(), mine = Random(random())]() mutable {
      auto [conn, dial_error] = dial(tcp ? "tcp" : "unix", address);
      if (dial_error) return;
      if (pick(mine, 0, 3) == 0) {
        char byte;
        conn.set_read_deadline(std::chrono::microseconds(pick(mine, 0, 500)));
        require(conn.read(&byte, 1).err == err_timeout, "network", "a read without bytes times out");
        conn.set_read_deadline(std::chrono::steady_clock::time_point());
      }
      for (int k = pick(mine, 0, 20); k > 0; k--) {
        const std::string sent(static_cast<std::size_t>(pick(mine, 1, 3000)), static_cast<char>('a' + k));
        WaitGroup writing;
        writing.go([&, c = conn] { require(!c.write(sent).err, "network", "a write succeeds"); });
        std::string got(sent.size(), '\0');
        for (std::size_t at = 0; at < got.size();) {
          auto [n, read_error] = conn.read(got.data() + at, got.size() - at);
          require(!read_error, "network", "the echo comes");
          at += n;
        }
        writing.wait();
        require(got == sent, "network", "the echo is what was sent");
      }
      conn.close();
    });
  }
  clients.wait();
  listener.close();
  wg.wait();
}

// Threads of the program among goroutines.
void threads(Random random) {
  auto c = make_chan<int>(static_cast<std::size_t>(pick(random, 0, 2)));
  Mutex mu;
  long sum = 0;
  const int n = pick(random, 1, 4);
  const int each = pick(random, 1, 100);
  WaitGroup wg;
  wg.add(2 * n);
  const auto send = [&] {
    for (int i = 0; i < each; i++) c << 1;
    wg.done();
  };
  const auto receive = [&] {
    for (int i = 0; i < each; i++) {
      const int v = c.recv();
      const std::scoped_lock lock(mu);
      sum += v;
    }
    wg.done();
  };
  std::vector<std::thread> started;
  for (int i = 0; i < n; i++) {
    if (pick(random, 0, 1) == 0) {
      started.emplace_back(send);
      go(receive);
    } else {
      started.emplace_back(receive);
      go(send);
    }
  }
  wg.wait();
  for (std::thread& t : started) blocking([&] { t.join(); });
  REQUIRE(sum == long{n} * each);
}

// Calls that block their thread, and computing, beside everybody else.
void blocking_calls(Random random) {
  WaitGroup wg;
  std::atomic<int> done{0};
  const int n = pick(random, 1, 10);
  for (int i = 0; i < n; i++) {
    wg.go([&, pause = pick(random, 0, 500), turns = pick(random, 0, 100'000)] {
      blocking([&] { std::this_thread::sleep_for(std::chrono::microseconds(pause)); });
      volatile unsigned x = 0;
      for (int k = 0; k < turns; k++) x = x + static_cast<unsigned>(k);
      done++;
    });
  }
  wg.wait();
  REQUIRE(done == n);
}

constexpr void (*kScenarios[])(Random) = {channel,           locks,   condition, births,
                                          time_and_contexts, network, threads,   blocking_calls};

void round_of(std::uint64_t seed) {
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  Random random(seed);
  gomaxprocs(pick(random, 1, 8));
  WaitGroup wg;
  for (int i = pick(random, 1, 16); i > 0; i--) {
    wg.go([scenario = kScenarios[pick(random, 0, std::size(kScenarios) - 1)], mine = Random(random())] {
      scenario(mine);
    });
  }
  for (int i = pick(random, 0, 3); i > 0; i--) {
    sleep(std::chrono::microseconds(pick(random, 0, 2000)));
    gomaxprocs(pick(random, 1, 8));
  }
  wg.wait();
}

}  // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 0;
  if (argc > 3 || seconds <= 0) {
    std::fprintf(stderr, "usage: mix SECONDS [SEED]\n");
    return 64;
  }
  if (argc == 3) {
    round_of(std::strtoull(argv[2], nullptr, 10));
    return 0;
  }
  std::random_device device;
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  int rounds = 0;
  for (; std::chrono::steady_clock::now() < end; rounds++) round_of(std::uint64_t{device()} << 32 | device());
  std::printf("%d rounds\n", rounds);
}
