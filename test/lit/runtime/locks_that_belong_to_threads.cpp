// SPDX-License-Identifier: Apache-2.0
//
// A goroutine that holds a lock of the C library that knows its thread stays in that thread, also when it waits or
// gives way: it can give the lock up, and nobody who takes its turn on the thread finds himself the owner.
//
// RUN: %baton_cxx -O2 %s -o %t && for p in 1 2 8; do env GOMAXPROCS=$p timeout 120 %t || exit 1; done
// RUN: %baton_cxx -O2 -static %s -o %t.static && env GOMAXPROCS=1 timeout 120 %t.static
// RUN: %baton_cxx -O1 -race %s -o %t.race && for p in 1 2; do env GOMAXPROCS=$p timeout 120 %t.race || exit 1; done
#include <pthread.h>
#include <stdio.h>

#include <cstdlib>
#include <mutex>
#include <shared_mutex>

#include <baton/baton.hpp>
using namespace baton;

// In a loop that polls, for a time slice and more.
static void compute() {
  const auto end = std::chrono::steady_clock::now() + 12ms;
  while (std::chrono::steady_clock::now() < end) continue;
}

// A counter that only one at a time may change, whatever the lock's holder does.
class Counter {
 public:
  explicit Counter(const char* name) : name_(name) {}
  void add(int how) {
    const int before = value_;
    if (how % 3 == 0) {
      gosched();
    } else if (how % 3 == 1) {
      sleep(1ms);
    } else {
      compute();
    }
    value_ = before + 1;
  }
  void check(int expected) const {
    if (value_ == expected) return;
    std::printf("%s: %d\n", name_, value_);
    std::exit(1);
  }

 private:
  const char* name_;
  int value_ = 0;
};

struct ErrorChecking {
  pthread_mutex_t mutex;
  explicit ErrorChecking(int protocol) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutexattr_setprotocol(&attributes, protocol);
    pthread_mutex_init(&mutex, &attributes);
  }
  static void require(int result) {
    if (result == 0) return;
    std::printf("an error-checking mutex: %d\n", result);
    std::exit(1);
  }
  void lock() { require(pthread_mutex_lock(&mutex)); }
  void unlock() { require(pthread_mutex_unlock(&mutex)); }
};

int main() {
  constexpr int kGoroutines = 4;
  constexpr int kRounds = 6;
  std::recursive_mutex recursive;
  std::recursive_timed_mutex timed;
  std::shared_mutex shared;
  std::shared_timed_mutex shared_timed;
  ErrorChecking checking(PTHREAD_PRIO_NONE), inheriting(PTHREAD_PRIO_INHERIT);
  Counter a("recursive_mutex"), b("recursive_timed_mutex"), c("shared_mutex"), d("shared_timed_mutex"), e("checking"),
      f("priority-inheriting"), g("a stream");
  WaitGroup wg;
  for (int n = 0; n < kGoroutines; n++) {
    wg.go([&, n] {
      for (int i = n; i < n + kRounds; i++) {
        {
          const std::scoped_lock outer(recursive);
          const std::scoped_lock inner(recursive);
          a.add(i);
        }
        {
          const std::unique_lock hold(timed, std::chrono::seconds(60));
          b.add(i);
        }
        if (i % 2 == 0) {
          const std::unique_lock hold(shared);
          c.add(i / 2);
        } else {
          const std::shared_lock hold(shared);
          gosched();
        }
        {
          const std::unique_lock hold(shared_timed, std::chrono::seconds(60));
          d.add(i);
        }
        {
          const std::scoped_lock hold(checking);
          e.add(i);
        }
        {
          const std::scoped_lock hold(inheriting);
          f.add(i);
        }
        flockfile(stderr);
        g.add(i);
        funlockfile(stderr);
      }
    });
  }
  wg.wait();
  for (const Counter* each : {&a, &b, &d, &e, &f, &g}) each->check(kGoroutines * kRounds);
  c.check(kGoroutines * kRounds / 2);
}
