// SPDX-License-Identifier: Apache-2.0
//
// Goroutines that wait for a static variable's initialiser or a call_once body that is parked, park too, and so do
// those that sleep by the means of the C and C++ library: a hundred of them need no more threads.
// RUN: %baton_cxx -O2 %s -o %t && for p in 1 2 8; do GOMAXPROCS=$p timeout 60 %t || exit 1; done
// RUN: %baton_cxx -O2 -race %s -o %t.race && for p in 1 2 8; do GOMAXPROCS=$p timeout 60 %t.race || exit 1; done
// RUN: %exits 2 %t recursive 2>&1 | FileCheck %s
// CHECK: fatal error: recursive initialization of a static variable
#include <pthread.h>
#include <unistd.h>

#include <baton/baton.hpp>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <thread>
using namespace baton;

#define CHECK(condition) \
  if (!(condition)) std::printf("%d: %s\n", __LINE__, #condition), std::exit(1)

chan<int> go_on = make_chan<int>();
int made;

int make_value() {
  made++;
  go_on.recv();
  return 42;
}

int shared_value() {
  static int value = make_value();
  return value;
}

int attempts;
int failing_value() {
  static int value = [] {
    go_on.recv();
    if (++attempts == 1) throw std::runtime_error("first");
    return 7;
  }();
  return value;
}

int recursive(int n) {
  static int value = n == 0 ? 0 : recursive(n - 1);
  return value;
}

long threads() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return std::distance(begin(tasks), end(tasks));
}

int main(int argc, char**) {
  if (argc > 1) return recursive(1);
  const long limit = gomaxprocs(0) + 6;
  WaitGroup wg;
  for (int i = 0; i < 100; i++) wg.go([] { CHECK(shared_value() == 42); });
  for (int i = 0; i < 300; i++) gosched();
  go_on << 1;
  wg.wait();
  CHECK(made == 1);
  CHECK(threads() <= limit);

  std::atomic<int> failures = 0;
  for (int i = 0; i < 50; i++) {
    wg.go([&] {
      try {
        CHECK(failing_value() == 7);
      } catch (const std::runtime_error&) {
        failures++;
      }
    });
  }
  go_on << 1;
  go_on << 1;
  wg.wait();
  CHECK(failures == 1 && attempts == 2);

  std::once_flag flag;
  int calls = 0;
  for (int i = 0; i < 100; i++) {
    wg.go([&, i] {
      std::call_once(flag, [&] {
        go_on.recv();
        if (++calls == 1 && i >= 0) return;
      });
      CHECK(calls == 1);
    });
  }
  for (int i = 0; i < 300; i++) gosched();
  go_on << 1;
  wg.wait();
  CHECK(threads() <= limit);

  // The one that waited becomes the one that calls, with its own callable.
  std::once_flag again;
  int done_by = -1;
  for (int i = 0; i < 20; i++) {
    wg.go([&, i] {
      try {
        char mine;
        std::call_once(again, [&] {
          CHECK(std::abs(&mine - static_cast<char*>(__builtin_frame_address(0))) < 10'000);
          go_on.recv();
          if (done_by == -1) {
            done_by = -2;
            throw std::runtime_error("try again");
          }
          done_by = i;
        });
      } catch (const std::runtime_error&) {
      }
    });
  }
  for (int i = 0; i < 300; i++) gosched();
  go_on << 1;
  go_on << 1;
  wg.wait();
  CHECK(done_by >= 0);

  static pthread_once_t control = PTHREAD_ONCE_INIT;
  static int plain;
  for (int i = 0; i < 10; i++) wg.go([] { pthread_once(&control, [] { plain++; }); });
  wg.wait();
  CHECK(plain == 1);

  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; i++) {
    wg.go([] { std::this_thread::sleep_for(50ms); });
    wg.go([] { std::this_thread::sleep_until(std::chrono::system_clock::now() + 50ms); });
    wg.go([] { ::usleep(50'000); });
    wg.go([] {
      const timespec half = {0, 50'000'000};
      CHECK(clock_nanosleep(CLOCK_MONOTONIC, 0, &half, nullptr) == 0);
    });
  }
  wg.wait();
  const auto spent = std::chrono::steady_clock::now() - start;
  CHECK(spent >= 49ms && spent < 10s);
  CHECK(threads() <= limit);
  const timespec wrong = {0, -1};
  CHECK(nanosleep(&wrong, nullptr) == -1 && errno == EINVAL);
  CHECK(::sleep(0) == 0);
}
