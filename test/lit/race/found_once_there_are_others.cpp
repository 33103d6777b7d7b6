// SPDX-License-Identifier: Apache-2.0
//
// While goroutine 1 is alone nothing is recorded, since all of it happens before whatever comes later. From the very
// statement on that makes another goroutine, thread or timer, what goroutine 1 does may race, and is found: also in
// memory that it used before, and by objects it used before.
//
// RUN: for level in 0 2; do \
// RUN:   %baton_cxx -race -O$level %s -o %t || exit 1; \
// RUN:   for how in goroutine timer thread; do \
// RUN:     %exits 66 %t $how after 2>&1 | FileCheck --check-prefix=AFTER %s || { echo $level $how; exit 1; }; \
// RUN:     %exits 0 %t $how before 2>&1 | FileCheck --check-prefix=BEFORE %s || { echo $level $how; exit 1; }; \
// RUN:   done; \
// RUN: done
// AFTER: Previous write at {{.*}} by main goroutine
// AFTER-NEXT: use_all()
// AFTER-DAG: sum 31
// AFTER-DAG: Found 4 data race(s)
// BEFORE-NOT: DATA RACE
// BEFORE: sum 31
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>

#include <baton/baton.hpp>

using namespace baton;

namespace {

int global = 0;
int* block = nullptr;
std::atomic<int> atomic{0};
Mutex mutex;
int guarded = 0;
std::atomic<bool> others_done{false};

[[gnu::noinline]] void use_all() {
  global = 1;
  block[3] = 2;
  reinterpret_cast<char*>(block)[22] = 4;
  atomic.fetch_add(8);
  mutex.lock();
  guarded += 16;
  mutex.unlock();
}

// Reads what use_all() wrote last, in no order with it.
void look() {
  int seen = global;
  seen += block[3];
  seen += reinterpret_cast<char*>(block)[22];
  int plain;
  std::memcpy(&plain, reinterpret_cast<void*>(&guarded), sizeof plain);
  std::printf("seen %d\n", (seen + plain) != 0);
  // Relaxed: whoever waits for it learns nothing of what came before.
  others_done.store(true, std::memory_order_relaxed);
}

void wait_for_others() {
  while (!others_done.load(std::memory_order_relaxed)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace

int main(int, char** argv) {
  const std::string how = argv[1];
  const bool after = std::string(argv[2]) == "after";
  block = new int[8]();
  use_all();
  if (after) {
    atomic = 0;
    guarded = 0;
  }
  std::thread thread;
  Timer timer;
  if (how == "goroutine")
    go([] {
      sleep(std::chrono::milliseconds(100));
      look();
    });
  if (how == "timer") timer = after_func(std::chrono::milliseconds(100), look);
  if (how == "thread") {
    thread = std::thread([] {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      look();
    });
  }
  if (after) use_all();
  wait_for_others();
  if (thread.joinable()) thread.join();
  std::printf("sum %d\n", global + block[3] + reinterpret_cast<char*>(block)[22] + atomic + guarded);
}
