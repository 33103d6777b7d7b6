// SPDX-License-Identifier: Apache-2.0
//
// Threads of the program are watched like goroutines: creation and join order them, exit and the destructors of
// thread-locals happen before the join, and what is not ordered is reported with the thread's name.
//
// RUN: %baton_cxx -race -O1 %s -o %t
// RUN: %exits 66 %t race 2>&1 | FileCheck --check-prefix=RACE %s
// RUN: %exits 66 %t goroutine 2>&1 | FileCheck --check-prefix=GOROUTINE %s
// RUN: %exits 66 %t local 2>&1 | FileCheck --check-prefix=LOCAL %s
// RUN: %repeat 5 %exits 0 %t ordered
// RUN: %t ordered 2>&1 | FileCheck --check-prefix=CLEAN %s
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <baton/baton.hpp>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

int shared;
int other;
std::atomic<int*> lent;  // relaxed: no edge

struct AtExit {
  ~AtExit() { shared++; }
};
thread_local AtExit at_exit;
void touch(AtExit*) { __asm__ volatile("" ::: "memory"); }

// Passes the time without any edge.
void wait_a_while() { usleep(100000); }

// RACE: WARNING: DATA RACE
// RACE: Write at {{.*}} by thread T2:
// RACE-NEXT: {{.*}}second
// RACE: Previous write at {{.*}} by thread T1:
// RACE-NEXT: {{.*}}first
// RACE: Thread T2 (running) created at:
// RACE-NEXT: {{.*}}main
// RACE: Thread T1 ({{running|finished}}) created at:
// RACE-NEXT: {{.*}}main
// RACE: Found 1 data race(s)
void first() { shared = 1; }
void second() {
  wait_a_while();
  shared = 2;
}

// GOROUTINE: Write at {{.*}} by thread T1:
// GOROUTINE: Previous write at {{.*}} by main goroutine:
// GOROUTINE: Found 1 data race(s)

// LOCAL: Write at {{.*}} by main goroutine:
// LOCAL: Previous write at {{.*}} by thread T1:
// LOCAL: Found 1 data race(s)

// CLEAN-NOT: DATA RACE
// CLEAN: done 16
void ordered() {
  std::thread counts([] {
    touch(&at_exit);
    shared++;
  });
  counts.join();
  shared++;  // 3: the destructor of the thread-local counted too
  for (int i = 0; i < 10; i++) std::thread([] { shared++; }).join();
  std::mutex mutex;
  std::condition_variable changed;
  bool ready = false;
  std::thread waits([&] {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return ready; });
    shared++;
  });
  {
    std::lock_guard lock(mutex);
    shared++;
    ready = true;
  }
  changed.notify_one();
  waits.join();
  shared += std::async(std::launch::async, [] { return 1; }).get();
  // The stack of one thread is used again by the next: nothing of the first is left there.
  for (int i = 0; i < 20; i++) {
    std::thread([] {
      int on_stack[100];
      touch(reinterpret_cast<AtExit*>(on_stack));
      for (int& item : on_stack) item = 1;
      touch(reinterpret_cast<AtExit*>(on_stack));
    }).detach();
  }
  pthread_t thread;
  pthread_create(&thread, nullptr, [](void*) -> void* { pthread_exit(nullptr); }, nullptr);
  pthread_join(thread, nullptr);
  std::printf("done %d\n", shared);
}

int main(int, char** args) {
  switch (args[1][0]) {
    case 'r': {
      std::thread a(first);
      std::thread b(second);
      a.join();
      b.join();
      break;
    }
    case 'g': {
      std::thread a([] {
        wait_a_while();
        other = 1;
      });
      other = 2;
      a.join();
      break;
    }
    case 'l': {
      std::thread a([] {
        int mine = 0;
        lent.store(&mine, std::memory_order_relaxed);
        mine = 1;
        wait_a_while();
        wait_a_while();
      });
      wait_a_while();
      *lent.load(std::memory_order_relaxed) = 2;
      a.join();
      break;
    }
    default:
      ordered();
  }
}
