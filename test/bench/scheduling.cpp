// SPDX-License-Identifier: Apache-2.0
//
// What the runtime's operations cost, in nanoseconds: the same list as scheduling.go. Built with and without -race.
#include <baton/baton.hpp>
#include <chrono>
using namespace baton;

Mutex mutex;
long guarded;

template <class F>
void measure(const char* name, long operations, F f) {
  auto start = std::chrono::steady_clock::now();
  f(operations);
  std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
  std::printf("%s %.1f\n", name, spent.count() / static_cast<double>(operations));
}

int main() {
  measure("mutex_pair", 3'000'000, [](long n) {
    for (long i = 0; i < n; i++) {
      mutex.lock();
      mutex.unlock();
    }
  });
  measure("guarded_increment", 3'000'000, [](long n) {
    for (long i = 0; i < n; i++) {
      mutex.lock();
      guarded++;
      mutex.unlock();
    }
  });
  measure("contended_mutex_pair", 4'000'000, [](long n) {
    constexpr long kGoroutines = 8;
    WaitGroup wg;
    for (long g = 0; g < kGoroutines; g++) {
      wg.go([=] {
        for (long i = 0; i < n / kGoroutines; i++) {
          mutex.lock();
          guarded++;
          mutex.unlock();
        }
      });
    }
    wg.wait();
  });
  measure("go_and_wait", 300'000, [](long n) {
    for (long i = 0; i < n; i++) {
      WaitGroup wg;
      wg.add(1);
      go([&] { wg.done(); });
      wg.wait();
    }
  });
  measure("buffered_item", 1'000'000, [](long n) {
    auto c = make_chan<long>(128);
    go([=] {
      for (long i = 0; i < n; i++) c << i;
      close(c);
    });
    for (long item : c) guarded += item;
  });
  measure("unbuffered_round_trip", 300'000, [](long n) {
    auto there = make_chan<long>();
    auto back = make_chan<long>();
    go([=] {
      for (long item : there) back << item;
    });
    for (long i = 0; i < n; i++) {
      there << i;
      back.recv();
    }
    close(there);
  });
  measure("gosched", 1'000'000, [](long n) {
    go([=] {
      for (long i = 0; i < n / 2; i++) gosched();
    });
    for (long i = 0; i < n / 2; i++) gosched();
  });
}
