// SPDX-License-Identifier: Apache-2.0
//
// What channels order, and what they do not.
//
// RUN: %baton_cxx -race -O2 -Wall -Wextra -Werror %s -o %t && %S/Inputs/check.sh %t
// RUN: %baton_cxx -race -O0 %s -o %t.O0 && %S/Inputs/check.sh %t.O0
#include "Inputs/cases.hpp"

#include <memory>
#include <vector>

static int x;

static void send_before_receive(int capacity, bool receiver_first) {
  auto c = make_chan<int>(capacity);
  WaitGroup wg;
  wg.go([c, receiver_first] {
    if (receiver_first) {
      await(1);
      let_others_block();
    }
    x = 1;
    c << 1;
    reach(2);
  });
  if (!receiver_first && capacity > 0) await(2);
  reach(1);
  c.recv();
  x++;
  wg.wait();
}

static void receive_before_send_completes(int capacity) {
  auto c = make_chan<int>(capacity);
  WaitGroup wg;
  wg.go([c] {
    x = 1;
    c.recv();
  });
  for (int i = 0; i <= capacity; i++) c << i;
  x++;
  wg.wait();
}

static void first_buffered_send_does_not_wait() {
  auto c = make_chan<int>(1);
  WaitGroup wg;
  wg.go([c] {
    await(1);
    x = 1;
    c.recv();
  });
  c << 1;
  reach(1);
  x++;
  wg.wait();
}

static void slots_are_separate() {
  auto c = make_chan<int>(2);
  WaitGroup wg;
  wg.go([c] {
    x = 1;
    c << 1;
    reach(1);
  });
  wg.go([c] {
    await(1);
    c << 2;
    reach(2);
  });
  wg.go([c] {
    await(2);
    c.recv();  // 1
    reach(3);
  });
  await(3);
  c.recv();  // 2, which tells nothing about the sender of 1
  x++;
  wg.wait();
}

static void later_item_of_the_same_sender() {
  auto c = make_chan<int>(3);
  WaitGroup wg;
  wg.go([c] {
    c << 1;
    x = 1;
    c << 2;
  });
  c.recv();
  c.recv();
  x++;
  wg.wait();
}

static void write_after_send() {
  auto c = make_chan<int>(1);
  WaitGroup wg;
  wg.go([c] {
    c << 1;
    x = 1;
  });
  c.recv();
  x++;
  wg.wait();
}

static void unbuffered_write_after_send() {
  auto c = make_chan<int>();
  WaitGroup wg;
  wg.go([c] {
    c << 1;
    x = 1;
  });
  c.recv();
  x++;
  wg.wait();
}

static void close_before_receive(int capacity, bool receiver_first) {
  auto c = make_chan<int>(capacity);
  WaitGroup wg;
  wg.go([c, receiver_first] {
    if (receiver_first) {
      await(1);
      let_others_block();
    }
    x = 1;
    close(c);
    reach(2);
  });
  if (!receiver_first) await(2);
  reach(1);
  c.recv();
  x++;
  wg.wait();
}

static void close_before_try_recv() {
  auto c = make_chan<int>();
  WaitGroup wg;
  wg.go([c] {
    x = 1;
    close(c);
  });
  int v;
  while (!c.try_recv(v)) gosched();
  x++;
  wg.wait();
}

static void item_of_a_closed_channel_is_no_close() {
  auto c = make_chan<int>(1);
  c << 1;
  WaitGroup wg;
  wg.go([c] {
    x = 1;
    close(c);
    reach(1);
  });
  await(1);
  c.recv();  // the item, which was sent before
  x++;
  wg.wait();
}

static void close_and_send() {
  auto c = make_chan<int>(1);
  WaitGroup wg;
  wg.go([c] {
    c << 1;
    reach(1);
  });
  await(1);
  close(c);
  wg.wait();
}

static void close_after_send() {
  auto c = make_chan<int>(1);
  WaitGroup wg;
  wg.go([c] { c << 1; });
  c.recv();
  close(c);
  wg.wait();
}

static void close_and_failed_try_send() {
  auto c = make_chan<int>();
  WaitGroup wg;
  wg.go([c] {
    c.try_send(1);
    reach(1);
  });
  await(1);
  close(c);
  wg.wait();
}

static void try_operations_that_succeed() {
  auto c = make_chan<int>(1);
  WaitGroup wg;
  wg.go([c] {
    x = 1;
    c.try_send(1);
  });
  while (!c.try_recv()) gosched();
  x++;
  wg.wait();
}

static void failed_try_send() {
  auto c = make_chan<int>(1);
  c << 0;
  WaitGroup wg;
  wg.go([c] {
    x = 1;
    c.try_send(1);
    reach(1);
  });
  await(1);
  c.recv();
  x++;
  wg.wait();
}

static void failed_try_recv() {
  auto c = make_chan<int>(1);
  WaitGroup wg;
  wg.go([c] {
    x = 1;
    c.try_recv();
    reach(1);
  });
  await(1);
  c << 1;
  x++;
  wg.wait();
}

static void len_and_cap() {
  auto c = make_chan<int>(1);
  WaitGroup wg;
  wg.go([c] {
    x = 1;
    c << 1;
  });
  while (c.len() == 0) gosched();
  x++;
  wg.wait();
}

static void sent_variable_is_read() {
  auto c = make_chan<int>(1);
  WaitGroup wg;
  wg.go([c] { c << x; });
  c.recv();
  x = 1;
  wg.wait();
}

static void sent_variable_is_read_without_order() {
  auto c = make_chan<int>(1);
  WaitGroup wg;
  wg.go([c] {
    c << x;
    reach(1);
  });
  await(1);
  x = 1;
  wg.wait();
}

static void received_variable_is_written() {
  auto c = make_chan<int>(1);
  WaitGroup wg;
  c << 1;
  wg.go([c] {
    c >> x;
    reach(1);
  });
  await(1);
  x++;
  wg.wait();
}

static void pointers_hand_over_what_they_point_to() {
  for (int capacity : {0, 3}) {
    auto c = make_chan<std::unique_ptr<std::vector<int>>>(capacity);
    WaitGroup wg;
    wg.go([c] {
      for (int i = 0; i < 20; i++) c << std::make_unique<std::vector<int>>(100, i);
      close(c);
    });
    for (auto p : c) (*p)[0]++;
    wg.wait();
  }
}

static void strings_hand_over_their_memory() {
  for (int capacity : {0, 3}) {
    auto there = make_chan<std::string>(capacity);
    auto back = make_chan<std::string>(capacity);
    WaitGroup wg;
    wg.go([=] {
      for (auto s : there) back << s + "!";
      close(back);
    });
    for (int i = 0; i < 50; i++) {
      there << std::string(i, 'x');
      back.recv();
    }
    close(there);
    wg.wait();
  }
}

static void kept_pointer() {
  auto c = make_chan<int*>();
  auto memory = std::make_unique<int>(0);
  WaitGroup wg;
  wg.go([c] { *c.recv() = 1; });
  c << memory.get();
  *memory = 2;
  wg.wait();
}

static void dropped_handle() {
  WaitGroup wg;
  {
    auto c = make_chan<int>(1);
    wg.go([c]() mutable {
      x = 1;
      c = nil;
      reach(1);
    });
    await(1);
  }
  x++;
  wg.wait();
}

static void dropped_channel_with_items() {
  WaitGroup wg;
  auto c = make_chan<std::string>(4);
  wg.go([c]() mutable {
    c << std::string(100, 'x');
    c = nil;
    reach(1);
  });
  await(1);
  c = nil;  // destroys a string that another goroutine made
  auto memory = std::make_unique<char[]>(101);
  std::memset(memory.get(), 0, 101);
  wg.wait();
}

static void memory_of_channels_is_used_again() {
  WaitGroup wg;
  for (int i = 0; i < 4; i++) {
    wg.go([] {
      for (int n = 0; n < 50; n++) {
        auto c = make_chan<std::string>(3);
        c << "some text that does not fit into the object itself";
        c.recv();
        close(c);
        c = nil;
        auto memory = std::make_unique<std::string[]>(5);
        memory[n % 5] = "text";
        gosched();
      }
    });
  }
  wg.wait();
}

static void many_goroutines_share_a_channel() {
  for (int capacity : {0, 1, 8}) {
    auto c = make_chan<std::unique_ptr<int>>(capacity);
    WaitGroup senders, receivers;
    long sums[3] = {};
    for (int g = 0; g < 4; g++) {
      senders.go([c] {
        for (int i = 0; i < 50; i++) c << std::make_unique<int>(i);
      });
    }
    for (int g = 0; g < 3; g++) {
      receivers.go([c, g, &sums] {
        for (auto p : c) sums[g] += (*p)++;
      });
    }
    senders.wait();
    close(c);
    receivers.wait();
    x = static_cast<int>(sums[0] + sums[1] + sums[2]);
  }
}

static const Case kCases[] = {
    {"no_race_unbuffered_send_before_receive", [] { send_before_receive(0, false); }},
    {"no_race_unbuffered_send_to_a_waiting_receiver", [] { send_before_receive(0, true); }},
    {"no_race_buffered_send_before_receive", [] { send_before_receive(3, false); }},
    {"no_race_buffered_send_to_a_waiting_receiver", [] { send_before_receive(3, true); }},
    {"no_race_unbuffered_receive_before_send_completes", [] { receive_before_send_completes(0); }},
    {"no_race_receive_before_a_send_one_round_later", [] { receive_before_send_completes(1); }},
    {"no_race_receive_before_a_send_one_round_of_three_later", [] { receive_before_send_completes(3); }},
    {"race_receive_and_a_send_of_the_first_round", first_buffered_send_does_not_wait},
    {"race_items_of_different_slots", slots_are_separate},
    {"no_race_later_item_of_the_same_sender", later_item_of_the_same_sender},
    {"race_write_after_send", write_after_send},
    {"race_unbuffered_write_after_send", unbuffered_write_after_send},
    {"no_race_close_before_receive", [] { close_before_receive(0, false); }},
    {"no_race_close_before_receive_buffered", [] { close_before_receive(2, false); }},
    {"no_race_close_wakes_a_receiver", [] { close_before_receive(0, true); }},
    {"no_race_close_wakes_a_receiver_buffered", [] { close_before_receive(2, true); }},
    {"no_race_close_before_try_recv", close_before_try_recv},
    {"race_item_of_a_closed_channel_is_no_close", item_of_a_closed_channel_is_no_close},
    {"race_close_and_send", close_and_send},
    {"no_race_close_after_send", close_after_send},
    {"race_close_and_failed_try_send", close_and_failed_try_send},
    {"no_race_try_operations_that_succeed", try_operations_that_succeed},
    {"race_failed_try_send", failed_try_send},
    {"race_failed_try_recv", failed_try_recv},
    {"race_len", len_and_cap},
    {"no_race_sent_variable", sent_variable_is_read},
    {"race_sent_variable", sent_variable_is_read_without_order},
    {"race_received_variable", received_variable_is_written},
    {"no_race_pointers", pointers_hand_over_what_they_point_to},
    {"no_race_strings", strings_hand_over_their_memory},
    {"race_kept_pointer", kept_pointer},
    {"race_dropped_handle", dropped_handle},
    {"no_race_dropped_channel_with_items", dropped_channel_with_items},
    {"no_race_memory_of_channels_is_used_again", memory_of_channels_is_used_again},
    {"no_race_many_goroutines_share_a_channel", many_goroutines_share_a_channel},
};

int main(int argc, char** argv) { return run_cases(kCases, argc, argv); }
