// SPDX-License-Identifier: Apache-2.0
//
// The locks of the C++ library order goroutines as the standard says: what they protect is not reported, what only one
// side protects is.
// RUN: %baton_cxx -race -O1 %s -o %t
// RUN: for kind in mutex timed recursive shared once condition semaphore latch static; do \
// RUN:   %repeat 20 %exits 0 %t $kind || exit 1; done
// RUN: for kind in one_side readers_write two_mutexes; do %exits 66 %t $kind 2>&1 | FileCheck %s || exit 1; done
#include <condition_variable>
#include <latch>
#include <map>
#include <memory>
#include <mutex>
#include <semaphore>
#include <shared_mutex>
#include <string>

#include <baton/baton.hpp>
using namespace baton;

long shared_value;
std::mutex mutex, other_mutex;
std::timed_mutex timed;
std::recursive_mutex recursive;
std::shared_mutex rw;
std::once_flag once;
std::condition_variable condition;
std::counting_semaphore<4> semaphore(0);
std::latch latch(2);
bool ready;

// Runs f(0) and f(1) in two goroutines, a few times each.
template <class F>
void both(F f) {
  WaitGroup wg;
  for (int side = 0; side < 2; side++) {
    wg.go([&, side] {
      for (int i = 0; i < 20; i++) {
        f(side);
        gosched();
      }
    });
  }
  wg.wait();
}

template <class Lock>
void guarded(Lock& lock) {
  std::scoped_lock hold(lock);
  shared_value++;
}

const std::string& lazily_made() {
  static const std::string text(100, 'x');
  return text;
}

int main(int, char** argv) {
  gomaxprocs(2);
  std::string kind = argv[1];
  if (kind == "mutex") both([](int) { guarded(mutex); });
  if (kind == "timed") both([](int) { guarded(timed); });
  if (kind == "recursive") {
    both([](int) {
      std::scoped_lock hold(recursive);
      guarded(recursive);
    });
  }
  if (kind == "shared") {
    both([](int) {
      {
        std::shared_lock hold(rw);
        if (shared_value < 0) return;
      }
      std::unique_lock hold(rw);
      shared_value++;
    });
  }
  if (kind == "once") {
    both([](int) {
      std::call_once(once, [] { shared_value = 5; });
      if (shared_value != 5) std::abort();
    });
  }
  if (kind == "condition") {
    both([](int side) {
      std::unique_lock hold(mutex);
      if (side == 0) {
        shared_value++;
        ready = true;
        condition.notify_one();
      } else {
        condition.wait(hold, [] { return ready; });
        shared_value++;
      }
    });
  }
  if (kind == "semaphore") {
    go([] {
      shared_value = 1;
      semaphore.release();
    });
    semaphore.acquire();
    shared_value = 2;
  }
  if (kind == "latch") {
    go([] {
      shared_value = 1;
      latch.arrive_and_wait();
    });
    latch.arrive_and_wait();
    shared_value = 2;
  }
  if (kind == "static") {
    both([](int) {
      if (lazily_made().size() != 100) std::abort();
    });
  }
  if (kind == "one_side") {
    both([](int side) {
      if (side == 0) {
        guarded(mutex);
      } else {
        shared_value++;
      }
    });
  }
  if (kind == "readers_write") {
    both([](int) {
      std::shared_lock hold(rw);
      shared_value++;
    });
  }
  if (kind == "two_mutexes") both([](int side) { guarded(side == 0 ? mutex : other_mutex); });
}
// CHECK: WARNING: DATA RACE
// CHECK-NEXT: {{Write|Read}} at 0x{{[0-9a-f]+}} by goroutine {{[23]}}:
// CHECK: Previous {{write|read}} at 0x{{[0-9a-f]+}} by goroutine {{[23]}}:
// CHECK: Found {{[0-9]+}} data race(s)
