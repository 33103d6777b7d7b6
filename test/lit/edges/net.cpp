// SPDX-License-Identifier: Apache-2.0
//
// What connections and pipes order: a write the reads of its bytes, a close the end of the stream, and nothing else.
//
// RUN: %baton_cxx -race -O2 -Wall -Wextra -Werror %s -o %t && %S/Inputs/check.sh %t
// RUN: %baton_cxx -race -O0 %s -o %t.O0 && %S/Inputs/check.sh %t.O0
#include <unistd.h>

#include <string>
#include <utility>

#include "Inputs/cases.hpp"

static int x;

static std::pair<Conn, Conn> pipe_ends() {
  auto p = baton::pipe();
  return {p.writer, p.reader};
}

static std::pair<Conn, Conn> connection(const std::string& network, const std::string& at) {
  auto l = listen(network, at).listener;
  auto accepted = make_chan<Conn>(1);
  go([=] { accepted << l.accept().conn; });
  Conn client = dial(network, l.addr()).conn;
  return {client, accepted.recv()};
}

static std::pair<Conn, Conn> tcp() { return connection("tcp", "127.0.0.1:0"); }
static std::pair<Conn, Conn> unix_socket() { return connection("unix", "@baton_edges_" + std::to_string(getpid())); }

static void read_byte(const Conn& c) {
  char byte;
  (void)c.read(&byte, 1);
}

// The writer's x = 1 comes before the write.
static void write_then_read(std::pair<Conn, Conn> ends, bool reader_waits) {
  auto [writer, reader] = ends;
  WaitGroup wg;
  wg.go([&, w = writer] {
    if (reader_waits) {
      await(1);
      let_others_block();
    }
    x = 1;
    (void)w.write("a");
    reach(2);
  });
  if (!reader_waits) await(2);
  reach(1);
  read_byte(reader);
  x++;
  wg.wait();
}

static void close_then_eof(std::pair<Conn, Conn> ends) {
  auto [writer, reader] = ends;
  WaitGroup wg;
  wg.go([w = writer] {
    x = 1;
    (void)w.close();
  });
  read_byte(reader);
  x++;
  wg.wait();
}

// x = 1 comes after the write whose byte is read.
static void write_then_x(std::pair<Conn, Conn> ends) {
  auto [writer, reader] = ends;
  WaitGroup wg;
  wg.go([w = writer] {
    (void)w.write("a");
    x = 1;
    reach(1);
  });
  await(1);
  read_byte(reader);
  x++;
  wg.wait();
}

// Two writes; the reader of the first byte does not know of the second, though it is there.
static void second_write_unread(std::pair<Conn, Conn> ends) {
  auto [writer, reader] = ends;
  WaitGroup wg;
  wg.go([w = writer] {
    (void)w.write("a");
    x = 1;
    (void)w.write("b");
    reach(1);
  });
  await(1);
  read_byte(reader);
  x++;
  wg.wait();
}

// Each of two readers knows of the writes whose bytes it got.
static void each_reader_its_bytes(std::pair<Conn, Conn> ends) {
  auto [writer, reader] = ends;
  WaitGroup wg;
  wg.go([w = writer] {
    (void)w.write("a");
    x = 1;
    (void)w.write("b");
    reach(1);
  });
  wg.go([r = reader] {
    await(1);
    read_byte(r);
    reach(2);
  });
  await(2);
  read_byte(reader);
  x++;
  wg.wait();
}

// What is read from one connection says nothing about another.
static void another_connection() {
  auto one = pipe_ends();
  auto other = pipe_ends();
  (void)other.first.write("o");
  WaitGroup wg;
  wg.go([w = one.first] {
    x = 1;
    (void)w.write("a");
    reach(1);
  });
  await(1);
  read_byte(other.second);
  x++;
  wg.wait();
}

// A read gives no order to the writer, nor does the other direction.
static void read_then_write() {
  auto [client, server] = tcp();
  (void)client.write("a");
  WaitGroup wg;
  wg.go([s = server] {
    x = 1;
    read_byte(s);
    reach(1);
  });
  await(1);
  (void)client.write("b");
  x++;
  wg.wait();
}

// The buffer is read and written for its whole length and no more.
static char buffer[16];
static void buffer_of_a_read(int at) {
  auto [writer, reader] = pipe_ends();
  (void)writer.write("abcd");
  WaitGroup wg;
  wg.go([r = reader] {
    (void)r.read(buffer, 16);
    reach(1);
  });
  await(1);
  buffer[at]++;
  wg.wait();
}
static void buffer_of_a_write(int at) {
  auto [writer, reader] = pipe_ends();
  WaitGroup wg;
  wg.go([w = writer] {
    (void)w.write(buffer, 4);
    reach(1);
  });
  await(1);
  buffer[at]++;
  wg.wait();
}

static void deadline_and_close_from_elsewhere() {
  auto [client, server] = tcp();
  WaitGroup wg;
  wg.go([c = client] { read_byte(c); });
  let_others_block();
  (void)client.set_deadline(std::chrono::hours(1));
  (void)client.close();
  wg.wait();
}

static const Case cases[] = {
    {"no_race_pipe", [] { write_then_read(pipe_ends(), false); }},
    {"no_race_pipe_reader_waits", [] { write_then_read(pipe_ends(), true); }},
    {"no_race_tcp", [] { write_then_read(tcp(), false); }},
    {"no_race_tcp_reader_waits", [] { write_then_read(tcp(), true); }},
    {"no_race_unix", [] { write_then_read(unix_socket(), false); }},
    {"no_race_server_writes",
     [] {
       auto [client, server] = tcp();
       write_then_read({server, client}, true);
     }},
    {"no_race_unix_server_writes",
     [] {
       auto [client, server] = unix_socket();
       write_then_read({server, client}, true);
     }},
    {"no_race_close_pipe", [] { close_then_eof(pipe_ends()); }},
    {"no_race_close_tcp", [] { close_then_eof(tcp()); }},
    {"no_race_each_reader_its_bytes", [] { each_reader_its_bytes(pipe_ends()); }},
    {"no_race_deadline_and_close", [] { deadline_and_close_from_elsewhere(); }},
    {"no_race_buffer_of_a_read_beyond", [] { buffer_of_a_read(4); }},
    {"no_race_buffer_of_a_write_beyond", [] { buffer_of_a_write(4); }},
    {"race_write_then_x_pipe", [] { write_then_x(pipe_ends()); }},
    {"race_write_then_x_tcp", [] { write_then_x(tcp()); }},
    {"race_second_write_unread_pipe", [] { second_write_unread(pipe_ends()); }},
    {"race_second_write_unread_tcp", [] { second_write_unread(tcp()); }},
    {"race_another_connection", [] { another_connection(); }},
    {"race_read_then_write", [] { read_then_write(); }},
    {"race_buffer_of_a_read", [] { buffer_of_a_read(3); }},
    {"race_buffer_of_a_write", [] { buffer_of_a_write(3); }},
};

int main(int argc, char** argv) { return run_cases(cases, argc, argv); }
