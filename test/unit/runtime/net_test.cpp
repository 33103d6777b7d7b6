// SPDX-License-Identifier: Apache-2.0
//
// Connections, listeners and pipes over the network poller.
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

#include "test/unit/runtime/goroutines.h"

namespace baton::test {
namespace {

class NetTest : public WithProcessors {
 protected:
  // A connection over the loopback: {client, server}.
  static std::pair<Conn, Conn> connection(const std::string& network = "tcp", const std::string& at = "127.0.0.1:0") {
    auto [listener, error] = listen(network, at);
    EXPECT_EQ(error, nil) << error;
    auto accepted = make_chan<Conn>(1);
    go([=, l = listener] { accepted << l.accept().conn; });
    auto [client, dial_error] = dial(network, network == "unix" ? at : listener.addr());
    EXPECT_EQ(dial_error, nil) << dial_error;
    return {client, accepted.recv()};
  }

  static std::string read_all(const Conn& conn) {
    std::string all;
    char buffer[4096];
    for (;;) {
      auto [n, error] = conn.read(buffer);
      all.append(buffer, n);
      if (error == eof) return all;
      if (error) return all + " failed: " + error.text();
    }
  }
};
BATON_TEST_WITH_PROCESSORS(NetTest);

TEST_P(NetTest, BytesArriveInOrderBothWays) {
  auto [client, server] = connection();
  EXPECT_EQ(client.write("ping").n, 4u);
  char buffer[16];
  EXPECT_EQ(server.read(buffer).n, 4u);
  EXPECT_EQ(std::string(buffer, 4), "ping");
  EXPECT_EQ(server.write("pong!").err, nil);
  EXPECT_EQ(client.read(buffer).n, 5u);
  EXPECT_EQ(std::string(buffer, 5), "pong!");
}

TEST_P(NetTest, AReaderThatWaitsIsWokenByAWrite) {
  auto [client, server] = connection();
  auto got = make_chan<std::string>();
  go([=, s = server] {
    char buffer[16];
    auto [n, error] = s.read(buffer);
    got << std::string(buffer, n);
  });
  settle();
  client.write("late");
  EXPECT_EQ(got.recv(), "late");
}

TEST_P(NetTest, AWriteLargerThanAllBuffersArrivesWhole) {
  auto [client, server] = connection();
  std::string big(16 << 20, 'x');
  for (size_t i = 0; i < big.size(); i += 997) big[i] = static_cast<char>('a' + i % 26);
  go([&, c = client] {
    auto [n, error] = c.write(big);
    EXPECT_EQ(n, big.size());
    EXPECT_EQ(error, nil);
    c.close();
  });
  EXPECT_TRUE(read_all(server) == big);
}

TEST_P(NetTest, CloseEndsTheOtherSide) {
  auto [client, server] = connection();
  client.write("last words");
  EXPECT_EQ(client.close(), nil);
  EXPECT_EQ(read_all(server), "last words");
  char buffer[1];
  EXPECT_EQ(server.read(buffer).err, eof);
}

TEST_P(NetTest, CloseWriteLeavesTheOtherDirectionOpen) {
  auto [client, server] = connection();
  client.write("request");
  EXPECT_EQ(client.close_write(), nil);
  EXPECT_EQ(read_all(server), "request");
  server.write("answer");
  server.close();
  EXPECT_EQ(read_all(client), "answer");
}

TEST_P(NetTest, CloseWakesReadersAndWriters) {
  auto [client, server] = connection();
  auto errors = make_chan<error>();
  for (int i = 0; i < 3; i++) {
    go([=, c = client] {
      char buffer[16];
      errors << c.read(buffer).err;
    });
  }
  go([=, c = client] {
    const std::string big(64 << 20, 'x');
    errors << c.write(big).err;
  });
  settle();
  EXPECT_EQ(client.close(), nil);
  for (int i = 0; i < 4; i++) {
    const error e = errors.recv();
    EXPECT_EQ(e, err_closed);
    EXPECT_EQ(e.text(), "use of closed network connection");
  }
}

TEST_P(NetTest, OperationsOnAClosedConnectionFail) {
  auto [client, server] = connection();
  EXPECT_EQ(client.close(), nil);
  char buffer[1];
  EXPECT_EQ(client.read(buffer).err, err_closed);
  EXPECT_EQ(client.write("x").err, err_closed);
  EXPECT_EQ(client.close(), err_closed);
  EXPECT_EQ(client.set_deadline(1s), err_closed);
  EXPECT_EQ(client.close_write(), err_closed);
}

TEST_P(NetTest, ANilConnectionIsClosed) {
  Conn conn;
  EXPECT_FALSE(conn);
  char buffer[1];
  EXPECT_EQ(conn.read(buffer).err, err_closed);
  EXPECT_EQ(conn.write("x").err, err_closed);
  EXPECT_EQ(conn.close(), err_closed);
  EXPECT_EQ(conn.local_addr(), "");
  Listener listener;
  EXPECT_EQ(listener.accept().err, err_closed);
}

TEST_P(NetTest, AReadDeadlineEndsAWaitingRead) {
  auto [client, server] = connection();
  EXPECT_EQ(client.set_read_deadline(std::chrono::steady_clock::now() + 20ms), nil);
  char buffer[16];
  const auto start = std::chrono::steady_clock::now();
  const error e = client.read(buffer).err;
  EXPECT_EQ(e, err_timeout);
  EXPECT_EQ(e.text(), "i/o timeout");
  EXPECT_GE(std::chrono::steady_clock::now() - start, 15ms);
  // It stays past until it is set again; writes have a deadline of their own.
  EXPECT_EQ(client.read(buffer).err, err_timeout);
  EXPECT_EQ(client.write("x").err, nil);
  EXPECT_EQ(client.set_read_deadline(std::chrono::steady_clock::time_point()), nil);
  server.write("now");
  EXPECT_EQ(client.read(buffer).n, 3u);
}

TEST_P(NetTest, ADeadlineInThePastEndsWaitingReadsAtOnce) {
  auto [client, server] = connection();
  auto errors = make_chan<error>();
  go([=, c = client] {
    char buffer[16];
    errors << c.read(buffer).err;
  });
  settle();
  client.set_deadline(std::chrono::system_clock::now() - 1s);
  EXPECT_EQ(errors.recv(), err_timeout);
}

TEST_P(NetTest, AMovedDeadlineCounts) {
  auto [client, server] = connection();
  client.set_read_deadline(5ms);
  client.set_read_deadline(1h);
  auto got = make_chan<error>(1);
  go([=, c = client] {
    char buffer[16];
    got << c.read(buffer).err;
  });
  sleep(20ms);
  EXPECT_EQ(got.len(), 0u);
  server.write("x");
  EXPECT_EQ(got.recv(), nil);
}

TEST_P(NetTest, AWriteDeadlineEndsAWriteThatFindsNoRoom) {
  auto [client, server] = connection();
  client.set_write_deadline(20ms);
  const std::string big(64 << 20, 'x');
  auto [n, e] = client.write(big);
  EXPECT_EQ(e, err_timeout);
  EXPECT_LT(n, big.size());
}

TEST_P(NetTest, CloseEndsAnAccept) {
  auto [listener, error] = listen("tcp", "127.0.0.1:0");
  auto errors = make_chan<baton::error>();
  go([=, l = listener] { errors << l.accept().err; });
  settle();
  EXPECT_EQ(listener.close(), nil);
  EXPECT_EQ(errors.recv(), err_closed);
  EXPECT_EQ(listener.accept().err, err_closed);
}

TEST_P(NetTest, AcceptHasADeadline) {
  auto [listener, error] = listen("tcp", "127.0.0.1:0");
  EXPECT_EQ(listener.set_deadline(10ms), nil);
  EXPECT_EQ(listener.accept().err, err_timeout);
}

TEST_P(NetTest, AClosedListenersPortCanBeUsedAgain) {
  auto [listener, error] = listen("tcp", "127.0.0.1:0");
  const std::string address = listener.addr();
  EXPECT_EQ(listen("tcp", address).err.text(), "listen tcp " + address + ": bind: address already in use");
  listener.close();
  EXPECT_EQ(listen("tcp", address).err, nil);
}

TEST_P(NetTest, DialingNobodyIsRefused) {
  auto [listener, error] = listen("tcp", "127.0.0.1:0");
  const std::string address = listener.addr();
  listener.close();
  auto [conn, e] = dial("tcp", address);
  EXPECT_FALSE(conn);
  EXPECT_EQ(e.text(), "dial tcp " + address + ": connect: connection refused");
}

TEST_P(NetTest, BadAddressesAreNamed) {
  EXPECT_EQ(dial("tcp", "127.0.0.1").err.text(), "dial tcp 127.0.0.1: missing port in address");
  EXPECT_EQ(dial("tcp", "::1:80").err.text(), "dial tcp ::1:80: too many colons in address");
  EXPECT_EQ(dial("carrier pigeon", "x").err.text(), "dial carrier pigeon x: unknown network");
  EXPECT_EQ(listen("tcp", "127.0.0.1:no_such_port").err.text(), "listen tcp 127.0.0.1:no_such_port: unknown port");
  EXPECT_EQ(listen("unix", "").err.text(), "listen unix : a path of a unix socket has 1 to 107 characters");
  EXPECT_EQ(dial("unix", "/no/such/socket").err.text(),
            "dial unix /no/such/socket: connect: no such file or directory");
}

TEST_P(NetTest, AddressesOfBothEndsAgree) {
  auto [client, server] = connection();
  EXPECT_EQ(client.local_addr(), server.remote_addr());
  EXPECT_EQ(client.remote_addr(), server.local_addr());
  EXPECT_EQ(client.local_addr().substr(0, 10), "127.0.0.1:");
}

TEST_P(NetTest, AWildcardListenerIsReachable) {
  auto [listener, error] = listen("tcp", ":0");
  ASSERT_EQ(error, nil) << error;
  const std::string port = listener.addr().substr(listener.addr().rfind(':'));
  go([l = listener] { l.accept().conn.write("here"); });
  auto [conn, e] = dial("tcp4", "127.0.0.1" + port);
  ASSERT_EQ(e, nil) << e;
  EXPECT_EQ(read_all(conn), "here");
}

TEST_P(NetTest, NamesAreLookedUp) {
  auto [listener, error] = listen("tcp4", "localhost:0");
  ASSERT_EQ(error, nil) << error;
  auto [conn, e] = dial("tcp", "localhost" + listener.addr().substr(listener.addr().rfind(':')));
  EXPECT_EQ(e, nil) << e;
}

TEST_P(NetTest, UnixSocketsWork) {
  const std::string path = "/tmp/baton_net_test." + std::to_string(getpid()) + "." + std::to_string(GetParam());
  {
    auto [listener, error] = listen("unix", path);
    ASSERT_EQ(error, nil) << error;
    EXPECT_EQ(listener.addr(), path);
    go([l = listener] {
      auto [conn, accept_error] = l.accept();
      conn.write("hello");
    });
    auto [conn, e] = dial("unix", path);
    ASSERT_EQ(e, nil) << e;
    EXPECT_EQ(conn.remote_addr(), path);
    EXPECT_EQ(read_all(conn), "hello");
    EXPECT_EQ(listener.close(), nil);
  }
  EXPECT_NE(access(path.c_str(), F_OK), 0) << "closing the listener removes its path";
}

TEST_P(NetTest, AbstractUnixSocketsWork) {
  const std::string name = "@baton_net_test." + std::to_string(getpid()) + "." + std::to_string(GetParam());
  auto [client, server] = connection("unix", name);
  client.write("abstract");
  client.close();
  EXPECT_EQ(read_all(server), "abstract");
}

TEST_P(NetTest, PipesWork) {
  auto [reader, writer, error] = pipe();
  ASSERT_EQ(error, nil);
  go([w = writer] {
    w.write(std::string(1 << 20, 'p'));
    w.close();
  });
  EXPECT_EQ(read_all(reader).size(), size_t{1} << 20);
}

TEST_P(NetTest, AWriteThatNobodyCanReadIsAnErrorAndNoSignal) {
  auto [reader, writer, error] = pipe();
  reader.close();
  EXPECT_EQ(writer.write("x").err.text(), "write pipe: write: broken pipe");
  auto [client, server] = connection();
  server.close();
  baton::error e;
  for (int i = 0; i < 1000 && !e; i++) e = client.write(std::string(1000, 'x')).err;
  const std::string text = e.text();
  EXPECT_TRUE(text.ends_with("broken pipe") || text.ends_with("connection reset by peer")) << text;
}

TEST_P(NetTest, ADescriptorOfTheProgramCanBePolled) {
  const int event = eventfd(0, EFD_CLOEXEC);
  auto [conn, error] = new_conn(event);
  ASSERT_EQ(error, nil) << error;
  auto done = make_chan<uint64_t>();
  go([=, c = conn] {
    uint64_t value = 0;
    c.read(&value, sizeof value);
    done << value;
  });
  settle();
  const uint64_t seven = 7;
  conn.write(&seven, sizeof seven);
  EXPECT_EQ(done.recv(), 7u);
}

TEST_P(NetTest, ARegularFileCannotBePolled) {
  FILE* file = tmpfile();
  EXPECT_EQ(new_conn(fileno(file)).err.text(),
            "descriptor " + std::to_string(fileno(file)) + ": epoll_ctl: operation not permitted");
  fclose(file);
  EXPECT_EQ(new_conn(-1).err.text(), "descriptor -1: fstat: bad file descriptor");
}

TEST_P(NetTest, ReadersTakeTurns) {
  auto [client, server] = connection();
  auto sizes = make_chan<size_t>(8);
  for (int i = 0; i < 8; i++) {
    go([=, s = server] {
      char buffer[4];
      size_t got = 0;
      while (got < 4) got += s.read(buffer + got, 4 - got).n;
      sizes << got;
    });
  }
  for (int i = 0; i < 32; i++) client.write("x");
  size_t sum = 0;
  for (int i = 0; i < 8; i++) sum += sizes.recv();
  EXPECT_EQ(sum, 32u);
}

TEST_P(NetTest, WritesOfSeveralGoroutinesStayWhole) {
  auto [reader, writer, error] = pipe();
  WaitGroup wg;
  for (char c = 'a'; c < 'a' + 8; c++) {
    wg.go([w = writer, c] { w.write(std::string(200'000, c)); });
  }
  go([&wg, w = writer] {
    wg.wait();
    w.close();
  });
  const std::string all = read_all(reader);
  ASSERT_EQ(all.size(), 1'600'000u);
  for (size_t i = 0; i < all.size(); i += 200'000) {
    EXPECT_EQ(all.substr(i, 200'000), std::string(200'000, all[i]));
  }
}

TEST_P(NetTest, TheLastHandleCloses) {
  auto [client, server] = connection();
  client = Conn();
  EXPECT_EQ(read_all(server), "");
}

TEST_P(NetTest, ADialCanTimeOut) {
  // Nobody accepts, and the queue is as short as can be: soon the kernel answers no more.
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(fd, 0), 0);
  ASSERT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const std::string to = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  std::vector<Conn> queued;
  error e;
  for (int i = 0; i < 20 && !e; i++) {
    auto [conn, dial_error] = dial_timeout("tcp", to, 20ms);
    queued.push_back(conn);
    e = dial_error;
  }
  EXPECT_EQ(e, err_timeout);
  ::close(fd);
}

// No processor is ever without work, and so none looks for descriptors.
TEST_P(NetTest, AReaderIsServedWhileOthersYieldAllTheTime) {
  alarm(30);
  auto [reader, writer, error] = pipe();
  std::atomic<bool> served{false};
  WaitGroup wg;
  wg.go([&, r = reader] {
    char byte;
    r.read(&byte, 1);
    served = true;
  });
  settle();
  for (int i = 0; i < 2 * GetParam(); i++) {
    wg.go([&] {
      while (!served) gosched();
    });
  }
  give_turns();
  writer.write("x");
  wg.wait();
  alarm(0);
}

TEST_P(NetTest, IdleConnectionsLeaveTheProcessorsToOthers) {
  auto [client, server] = connection();
  WaitGroup wg;
  wg.go([s = server] { read_all(s); });
  int64_t sum = 0;
  for (int i = 0; i < 1000; i++) {
    auto c = make_chan<int>();
    go([c, i] { c << i; });
    sum += c.recv();
  }
  EXPECT_EQ(sum, 499500);
  client.close();
  wg.wait();
}

int threads_of_process() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    if (word == "Threads:") {
      int n = 0;
      status >> n;
      return n;
    }
  }
  return -1;
}

TEST_P(NetTest, ManyConnectionsHoldNoThreads) {
  rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  const int n = static_cast<int>(std::min<rlim_t>(1000, (limit.rlim_cur - 100) / 2));
  const int before = threads_of_process();
  auto [listener, error] = listen("tcp", "127.0.0.1:0");
  WaitGroup servers;
  go([&servers, l = listener] {
    for (;;) {
      auto [conn, accept_error] = l.accept();
      if (accept_error) return;
      servers.go([conn] {
        char buffer[64];
        for (;;) {
          auto [got, read_error] = conn.read(buffer);
          if (read_error) return;
          conn.write(buffer, got);
        }
      });
    }
  });
  std::vector<Conn> clients(static_cast<size_t>(n));
  for (Conn& client : clients) {
    auto [conn, dial_error] = dial("tcp", listener.addr());
    ASSERT_EQ(dial_error, nil) << dial_error;
    client = conn;
  }
  WaitGroup wg;
  std::atomic<int> echoed{0};
  for (const Conn& client : clients) {
    wg.go([&, client] {
      for (int round = 0; round < 3; round++) {
        char buffer[8] = {};
        client.write("echo me");
        size_t got = 0;
        while (got < 7) got += client.read(buffer + got, 7 - got).n;
        if (std::string(buffer, 7) == "echo me") echoed++;
      }
    });
  }
  wg.wait();
  EXPECT_EQ(echoed, 3 * n);
  // A few more where the machine is busy, and the monitor passes processors on.
  EXPECT_LE(threads_of_process(), std::max(before, GetParam()) + n / 10);
  clients.clear();
  listener.close();
  servers.wait();
}

}  // namespace
}  // namespace baton::test
