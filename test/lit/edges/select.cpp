// SPDX-License-Identifier: Apache-2.0
//
// What select orders: its chosen case as the plain operation, its other cases nothing.
//
// RUN: %baton_cxx -race -O2 -Wall -Wextra -Werror %s -o %t && %S/Inputs/check.sh %t
// RUN: %baton_cxx -race -O0 %s -o %t.O0 && %S/Inputs/check.sh %t.O0
#include <memory>
#include <vector>

#include "Inputs/cases.hpp"

static int x;

// The sender is there before the select, or comes when it waits.
static void send_before_select(int capacity, bool select_waits) {
  auto c = make_chan<int>(capacity);
  auto other = make_chan<int>(capacity);
  WaitGroup wg;
  wg.go([c, select_waits] {
    if (select_waits) {
      await(1);
      let_others_block();
    }
    x = 1;
    c << 1;
    reach(2);
  });
  if (!select_waits && capacity > 0) await(2);
  if (!select_waits && capacity == 0) let_others_block();
  reach(1);
  if (select(on_recv(other), on_recv(c)) == 1) x++;
  wg.wait();
}

static void select_send_before_receive(int capacity, bool select_waits) {
  auto c = make_chan<int>(capacity);
  auto other = make_chan<int>();
  WaitGroup wg;
  wg.go([c, select_waits] {
    if (select_waits) {
      await(1);
      let_others_block();
    }
    c.recv();
    x++;
  });
  if (!select_waits) let_others_block();
  x = 1;
  reach(1);
  (void)select(on_recv(other), on_send(c, 1));
  wg.wait();
}

static void receive_before_select_send_completes(bool select_waits) {
  auto c = make_chan<int>();
  auto other = make_chan<int>();
  WaitGroup wg;
  wg.go([c, select_waits] {
    if (select_waits) {
      await(1);
      let_others_block();
    }
    x = 1;
    c.recv();
  });
  if (!select_waits) let_others_block();
  reach(1);
  if (select(on_recv(other), on_send(c, 1)) == 1) x++;
  wg.wait();
}

static void two_selects() {
  auto a = make_chan<int>();
  auto b = make_chan<int>();
  WaitGroup wg;
  wg.go([=] {
    x = 1;
    (void)select(on_send(a, 1), on_send(b, 1));
  });
  (void)select(on_recv(a), on_recv(b));
  x++;
  wg.wait();
}

static void close_before_select(bool select_waits) {
  auto c = make_chan<int>();
  auto other = make_chan<int>();
  WaitGroup wg;
  wg.go([c, select_waits] {
    if (select_waits) {
      await(1);
      let_others_block();
    }
    x = 1;
    close(c);
    reach(2);
  });
  if (!select_waits) await(2);
  reach(1);
  (void)select(on_recv(other), on_recv(c));
  x++;
  wg.wait();
}

static void case_that_is_not_chosen() {
  auto a = make_chan<int>(1);
  auto b = make_chan<int>(1);
  a << 1;
  WaitGroup wg;
  wg.go([b] {
    x = 1;
    b.recv();
    reach(1);
  });
  b << 1;
  await(1);
  // b has room again, and a send to it would know of the receive.
  chan<int> none;
  (void)select(on_recv(a), on_send(none, 1));
  x++;
  wg.wait();
}

static void otherwise_gives_no_edge() {
  auto a = make_chan<int>();
  auto b = make_chan<int>(1);
  b << 1;
  WaitGroup wg;
  wg.go([b] {
    x = 1;
    b.try_send(2);
    reach(1);
  });
  await(1);
  if (select(on_recv(a), on_send(b, 1), otherwise) == 2) x++;
  wg.wait();
}

static void close_and_select_send() {
  auto c = make_chan<int>(1);
  auto other = make_chan<int>();
  WaitGroup wg;
  wg.go([c] {
    await(1);
    close(c);
  });
  (void)select(on_send(c, 1), on_recv(other));
  reach(1);
  wg.wait();
}

static void close_and_select_receive() {
  auto c = make_chan<int>();
  auto other = make_chan<int>();
  WaitGroup wg;
  wg.go([c] {
    await(1);
    close(c);
  });
  (void)select(on_recv(c), on_recv(other), otherwise);
  reach(1);
  wg.wait();
}

static void received_variable_is_written() {
  auto c = make_chan<int>(1);
  auto other = make_chan<int>();
  WaitGroup wg;
  c << 1;
  wg.go([=] {
    (void)select(on_recv(c, x), on_recv(other));
    reach(1);
  });
  await(1);
  x++;
  wg.wait();
}

static void variable_of_a_case_that_is_not_chosen() {
  auto c = make_chan<int>(1);
  auto other = make_chan<int>();
  WaitGroup wg;
  c << 1;
  wg.go([=] {
    (void)select(on_recv(c), on_recv(other, x));
    reach(1);
  });
  await(1);
  x++;
  wg.wait();
}

static void sent_variable_is_read() {
  auto c = make_chan<int>(1);
  auto other = make_chan<int>();
  WaitGroup wg;
  wg.go([=] {
    (void)select(on_recv(other), on_send(c, x));
    reach(1);
  });
  await(1);
  x++;
  wg.wait();
}

static void woken_directly_into_a_variable() {
  auto c = make_chan<std::string>();
  auto other = make_chan<int>();
  WaitGroup wg;
  wg.go([=] {
    for (int i = 0; i < 20; i++) c << std::string(100, 'x');
  });
  std::string s;
  for (int i = 0; i < 20; i++) {
    (void)select(on_recv(other), on_recv(c, s));
    s += "!";
  }
  wg.wait();
}

static void list_made_at_run_time(bool ordered) {
  std::vector<chan<int>> channels;
  std::vector<select_case> cases;
  for (int i = 0; i < 30; i++) {
    channels.push_back(make_chan<int>());
    cases.push_back(on_recv(channels.back()));
  }
  WaitGroup wg;
  wg.go([c = channels[17], ordered] {
    if (ordered) x = 1;
    c << 1;
    if (!ordered) x = 1;
  });
  (void)select(cases);
  x++;
  wg.wait();
}

static void many_goroutines_share_channels() {
  chan<std::unique_ptr<int>> c[3] = {make_chan<std::unique_ptr<int>>(), make_chan<std::unique_ptr<int>>(1),
                                     make_chan<std::unique_ptr<int>>(4)};
  auto quit = make_chan<int>();
  WaitGroup senders, receivers;
  for (int g = 0; g < 4; g++) {
    senders.go([&c] {
      for (int i = 0; i < 50; i++) {
        auto p = std::make_unique<int>(i);
        (void)select(on_send(c[0], std::move(p)), on_send(c[1], std::make_unique<int>(i)),
                     on_send(c[2], std::make_unique<int>(i)));
      }
    });
    receivers.go([&c, quit] {
      std::unique_ptr<int> p;
      while (select(on_recv(c[0], p), on_recv(c[1], p), on_recv(c[2], p), on_recv(quit)) != 3) (*p)++;
    });
  }
  senders.wait();
  close(quit);
  receivers.wait();
}

static const Case kCases[] = {
    {"no_race_unbuffered_send_before_select", [] { send_before_select(0, false); }},
    {"no_race_unbuffered_send_to_a_waiting_select", [] { send_before_select(0, true); }},
    {"no_race_buffered_send_before_select", [] { send_before_select(2, false); }},
    {"no_race_buffered_send_to_a_waiting_select", [] { send_before_select(2, true); }},
    {"no_race_select_send_before_receive", [] { select_send_before_receive(0, false); }},
    {"no_race_waiting_select_send_before_receive", [] { select_send_before_receive(0, true); }},
    {"no_race_buffered_select_send_before_receive", [] { select_send_before_receive(1, false); }},
    {"no_race_receive_before_select_send_completes", [] { receive_before_select_send_completes(false); }},
    {"no_race_receive_before_waiting_select_send_completes", [] { receive_before_select_send_completes(true); }},
    {"no_race_two_selects", two_selects},
    {"no_race_close_before_select", [] { close_before_select(false); }},
    {"no_race_close_wakes_a_select", [] { close_before_select(true); }},
    {"race_case_that_is_not_chosen", case_that_is_not_chosen},
    {"race_otherwise", otherwise_gives_no_edge},
    {"race_close_and_select_send", close_and_select_send},
    {"no_race_close_and_select_receive", close_and_select_receive},
    {"race_received_variable", received_variable_is_written},
    {"no_race_variable_of_a_case_that_is_not_chosen", variable_of_a_case_that_is_not_chosen},
    {"race_sent_variable", sent_variable_is_read},
    {"no_race_strings_into_a_variable", woken_directly_into_a_variable},
    {"no_race_list_made_at_run_time", [] { list_made_at_run_time(true); }},
    {"race_list_made_at_run_time", [] { list_made_at_run_time(false); }},
    {"no_race_many_goroutines_share_channels", many_goroutines_share_channels},
};

int main(int argc, char** argv) { return run_cases(kCases, argc, argv); }
