// SPDX-License-Identifier: Apache-2.0
//
// Threads of the program that wait for the first time all at once: what the runtime keeps for threads is set up by one
// of them, and the others wait for that, without waiting for themselves. The set-up is slow here.
// RUN: %baton_cxx -O1 %s -o %t && %baton_cxx -O1 -race %s -o %t.race
// RUN: for i in 1 2 3 4 5; do timeout 60 %t && timeout 60 %t.race || exit 1; done
#include <dlfcn.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <thread>
#include <vector>

#include <baton/baton.hpp>
using namespace baton;

// In place of the C library's.
extern "C" int pthread_key_create(pthread_key_t* key, void (*at_end)(void*)) noexcept {
  using Create = int (*)(pthread_key_t*, void (*)(void*));
  static const auto create = reinterpret_cast<Create>(dlsym(RTLD_NEXT, "pthread_key_create"));
  const timespec pause = {.tv_sec = 0, .tv_nsec = 20'000'000};
  syscall(SYS_nanosleep, &pause, nullptr);
  return create(key, at_end);
}

int main() {
  constexpr int kThreads = 6;
  std::vector<chan<int>> channels;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; i++) {
    channels.push_back(make_chan<int>());
    threads.emplace_back([c = channels.back()] { c << 1; });
  }
  sleep(10ms);
  int sum = 0;
  for (auto& c : channels) sum += c.recv();
  for (std::thread& thread : threads) thread.join();
  return sum == kThreads ? 0 : 1;
}
