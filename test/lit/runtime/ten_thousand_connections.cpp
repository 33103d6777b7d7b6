// SPDX-License-Identifier: Apache-2.0
//
// 10,000 connections at once between two processes, a goroutine at each end: all are served, and by a few threads, the
// processors' and a handful beside them.
// RUN: %baton_cxx -O1 %s -o %t && for p in 1 2 8; do env GOMAXPROCS=$p timeout 200 %t || exit 1; done
#include <dirent.h>
#include <sys/resource.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <vector>

#include <baton/baton.hpp>
using namespace baton;

// Fewer only where the system allows fewer descriptors.
static int connections() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  return static_cast<int>(std::min<rlim_t>(10'000, files.rlim_max - 100));
}

static void expect(bool ok, const std::string& what) {
  if (ok) return;
  std::fprintf(stderr, "%s\n", what.c_str());
  std::_Exit(1);
}

static void expect_few_threads() {
  DIR* tasks = opendir("/proc/self/task");
  int n = -2;
  while (readdir(tasks) != nullptr) n++;
  closedir(tasks);
  expect(n <= gomaxprocs(0) + 20, std::to_string(n) + " threads");
}

static bool read_full(const Conn& conn, char* buffer, std::size_t n) {
  for (std::size_t got = 0; got < n;) {
    const auto [more, err] = conn.read(buffer + got, n - got);
    if (err) return false;
    got += more;
  }
  return true;
}

// Dials all, then writes and reads on all of them at once.
static int be_client(const std::string& address) {
  std::vector<Conn> conns;
  for (int i = connections(); i > 0; i--) {
    auto [conn, err] = dial("tcp", address);
    expect(!err, err.text());
    conns.push_back(conn);
  }
  std::atomic<std::size_t> echoed{0};
  WaitGroup wg;
  for (const Conn& conn : conns) {
    wg.go([&, conn] {
      for (int round = 0; round < 3; round++) {
        char buffer[4] = {};
        conn.write("echo");
        if (read_full(conn, buffer, sizeof buffer) && std::string(buffer, sizeof buffer) == "echo") echoed++;
      }
    });
  }
  wg.wait();
  expect_few_threads();
  expect(echoed == 3 * conns.size(), "not all were served");
  return 0;
}

int main(int argc, char** argv) {
  if (argc > 1) return be_client(argv[1]);
  auto [listener, listen_error] = listen("tcp", "127.0.0.1:0");
  expect(!listen_error, listen_error.text());
  std::atomic<int> open{0};
  std::atomic<bool> all_at_once{false};
  WaitGroup served;
  served.add(connections());
  go([&, l = listener] {
    for (;;) {
      auto [conn, err] = l.accept();
      expect(!err, err.text());
      go([&, c = conn] {
        defer(served.done());
        open++;
        char buffer[4];
        while (read_full(c, buffer, sizeof buffer)) c.write(buffer, sizeof buffer);
        if (open-- == connections()) {
          expect_few_threads();
          all_at_once = true;
        }
      });
    }
  });
  const std::string command = std::string(argv[0]) + " " + listener.addr();
  expect(blocking([&] { return std::system(command.c_str()); }) == 0, "the client failed");
  served.wait();
  expect(all_at_once, "they were not open at once");
  return 0;
}
