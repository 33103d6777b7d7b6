// SPDX-License-Identifier: Apache-2.0
//
// A thousand goroutines are blocked in read(2), half of them in blocking(), while others compute and a timer ticks. A
// blocked goroutine holds one thread, and there are few others.
// RUN: %baton_cxx -O1 %s -o %t
// RUN: for p in 1 2 8; do env GOMAXPROCS=$p timeout 120 %t || exit 1; done
#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>
#include <baton/baton.hpp>

#include <atomic>
#include <cstdlib>
#include <vector>
using namespace baton;
using namespace std::chrono_literals;

static int threads() {
  DIR* tasks = opendir("/proc/self/task");
  int n = -2;
  while (readdir(tasks) != nullptr) n++;
  closedir(tasks);
  return n;
}

static void expect(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "%s\n", what);
  std::_Exit(1);
}

int main() {
  constexpr int kReaders = 1000;
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);

  std::atomic<bool> stop{false};
  std::atomic<long> steps{0};
  WaitGroup workers;
  for (int i = 0; i < 4; i++) {
    workers.go([&] {
      while (!stop) steps++;
    });
  }
  int pipe_ends[2];
  expect(pipe(pipe_ends) == 0, "no pipe");
  std::atomic<int> started{0};
  std::atomic<int> got{0};
  WaitGroup readers;
  for (int i = 0; i < kReaders; i++) {
    readers.go([&, i] {
      started++;
      char c;
      const auto read_one = [&] { return ::read(pipe_ends[0], &c, 1); };
      got += static_cast<int>(i % 2 == 0 ? blocking(read_one) : read_one());
    });
  }
  while (started < kReaders) sleep(1ms);
  const long before = steps;
  for (int i = 0; i < 5 || steps == before; i++) sleep(1ms);  // those who compute do not starve
  const int n = threads();
  expect(n <= kReaders + gomaxprocs(0) + 10, "too many threads");
  for (int i = 0; i < kReaders; i++) expect(::write(pipe_ends[1], "x", 1) == 1, "no write");
  readers.wait();
  expect(got == kReaders, "not all were served");
  stop = true;
  workers.wait();
}
