// SPDX-License-Identifier: Apache-2.0
//
// Requests over 1,000 connections on the loopback, each with a goroutine at both ends: thousands per second.
#include <baton/baton.hpp>
#include <chrono>
#include <cstdlib>
#include <vector>
using namespace baton;

constexpr int kConnections = 1000;
constexpr int kRounds = 100;
constexpr std::size_t kSize = 64;

static void check(const error& e) {
  if (!e) return;
  std::fprintf(stderr, "%s\n", e.text().c_str());
  std::exit(1);
}

// False: the connection has ended.
static bool read_full(const Conn& conn, char* buffer) {
  for (std::size_t got = 0; got < kSize;) {
    const auto [n, err] = conn.read(buffer + got, kSize - got);
    if (err) return false;
    got += n;
  }
  return true;
}

static void serve(const Conn& conn) {
  char buffer[kSize];
  while (read_full(conn, buffer)) {
    if (conn.write(buffer, kSize).err) return;
  }
}

int main() {
  auto [listener, listen_error] = listen("tcp", "127.0.0.1:0");
  check(listen_error);
  go([l = listener] {
    for (;;) {
      auto [conn, err] = l.accept();
      if (err) return;
      go([c = conn] { serve(c); });
    }
  });
  std::vector<Conn> clients;
  for (int i = 0; i < kConnections; i++) {
    auto [conn, err] = dial("tcp", listener.addr());
    check(err);
    clients.push_back(conn);
  }
  const auto start = std::chrono::steady_clock::now();
  WaitGroup wg;
  for (const Conn& client : clients) {
    wg.go([conn = client] {
      char buffer[kSize] = {};
      for (int i = 0; i < kRounds; i++) {
        check(conn.write(buffer, kSize).err);
        if (!read_full(conn, buffer)) check(eof);
      }
    });
  }
  wg.wait();
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
  std::printf("requests_per_ms %.1f\n", kConnections * kRounds / spent.count() / 1000);
}
