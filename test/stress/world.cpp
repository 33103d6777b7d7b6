// SPDX-License-Identifier: Apache-2.0
//
// The network, pipes, threads of the program, calls that block, goroutines that keep their thread.
#include "test/stress/scenarios.h"

#include <unistd.h>
#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace baton::stress {

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

// What goes into a pipe comes out of it, whichever of the two ends is a raw descriptor that blocks its thread.
void pipes(Random random) {
  int ends[2];
  if (::pipe(ends) != 0) return;  // out of descriptors
  const bool raw_reader = pick(random, 0, 1) == 0;
  const bool raw_writer = pick(random, 0, 1) == 0;
  const std::string sent(static_cast<std::size_t>(pick(random, 1, 200'000)), 'p');
  std::string got;
  WaitGroup wg;
  wg.go([&] {
    const Conn writer = raw_writer ? Conn() : new_conn(ends[1]).conn;
    for (std::size_t at = 0; at < sent.size();) {
      const std::size_t n = std::min<std::size_t>(sent.size() - at, 30'000);
      const auto put = raw_writer ? ::write(ends[1], sent.data() + at, n)
                                  : static_cast<ssize_t>(writer.write(sent.data() + at, n).n);
      require(put > 0, "pipes", "a write succeeds");
      at += static_cast<std::size_t>(put);
    }
    if (raw_writer) ::close(ends[1]);
  });
  wg.go([&] {
    const Conn reader = raw_reader ? Conn() : new_conn(ends[0]).conn;
    char buffer[4096];
    for (;;) {
      const auto n = raw_reader ? blocking([&] { return ::read(ends[0], buffer, sizeof buffer); })
                                : static_cast<ssize_t>(reader.read(buffer).n);
      if (n <= 0) break;
      got.append(buffer, static_cast<std::size_t>(n));
    }
    if (raw_reader) ::close(ends[0]);
  });
  wg.wait();
  REQUIRE(got == sent);
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

// Goroutines that keep their thread, and such as hold a lock of the C++ library while they wait.
void locked_threads(Random random) {
  std::mutex mu;
  int counter = 0;
  const int n = pick(random, 1, 6);
  const int times = pick(random, 1, 30);
  WaitGroup wg;
  for (int i = 0; i < n; i++) {
    wg.go([&, mine = Random(random())]() mutable {
      const bool locks = pick(mine, 0, 1) == 0;
      if (locks) lock_os_thread();
      const auto self = pthread_self();
      for (int k = 0; k < times; k++) {
        {
          const std::scoped_lock lock(mu);
          const int before = counter;
          if (pick(mine, 0, 5) == 0) sleep(pick_microseconds(mine, 50));
          counter = before + 1;
        }
        gosched();
        require(!locks || pthread_equal(self, pthread_self()) != 0, "locked_threads", "it is the same thread");
      }
      if (locks && pick(mine, 0, 1) == 0) unlock_os_thread();
    });
  }
  wg.wait();
  REQUIRE(counter == n * times);
}

}  // namespace baton::stress
