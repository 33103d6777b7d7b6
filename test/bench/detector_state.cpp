// SPDX-License-Identifier: Apache-2.0
//
// What the detector keeps. Each line of kCases is a process of its own, which prints its peak of resident memory in
// kilobytes and the nanoseconds of processor time that one goroutine, pair or item took. Built with and without
// -race: the difference is the detector's. `detector_state CASE N` runs one case.
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <baton/baton.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
using namespace baton;

namespace {

// The peak of this process in kilobytes. Not that of getrusage(), which is the parent's if that was larger.
long peak() {
  char text[4096] = {};
  const int file = open("/proc/self/status", O_RDONLY);
  if (file < 0 || read(file, text, sizeof text - 1) <= 0) std::exit(1);
  close(file);
  const char* line = std::strstr(text, "VmHWM:");
  return line == nullptr ? 0 : std::atol(line + std::strlen("VmHWM:"));
}

// Of all threads of the process, in nanoseconds.
double processor_time() {
  timespec spent = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return 1e9 * static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec);
}

void parked(long count) {
  auto gate = make_chan<int>();
  WaitGroup arrived;
  WaitGroup ended;
  arrived.add(static_cast<int>(count));
  ended.add(static_cast<int>(count));
  for (long i = 0; i < count; i++) {
    go([&, gate] {
      arrived.done();
      gate.recv();
      ended.done();
    });
  }
  arrived.wait();
  close(gate);
  ended.wait();
}

// Waves of 1,000 goroutines that increment one counter under a mutex.
void waves(long count) {
  Mutex mutex;
  long counter = 0;
  for (long wave = 0; wave < count / 1000; wave++) {
    WaitGroup wg;
    for (int i = 0; i < 1000; i++) {
      wg.go([&] {
        mutex.lock();
        counter++;
        mutex.unlock();
      });
    }
    wg.wait();
  }
  if (counter != count) std::abort();
}

void channel_pairs(long count) {
  auto c = make_chan<long>(128);
  for (long i = 0; i < count; i++) {
    c << i;
    if (c.recv() != i) std::abort();
  }
}

// The same from one goroutine to another.
void channel_items(long count) {
  auto c = make_chan<long>(128);
  go([=] {
    for (long i = 0; i < count; i++) c << i;
    close(c);
  });
  long received = 0;
  while (received < count && c.recv() == received) received++;
  if (received != count) std::abort();
}

void mutex_pairs(long count) {
  Mutex mutex;
  for (long i = 0; i < count; i++) {
    mutex.lock();
    mutex.unlock();
  }
}

void start_and_join(long count) {
  for (long i = 0; i < count; i++) {
    WaitGroup wg;
    wg.add(1);
    go([&] { wg.done(); });
    wg.wait();
  }
}

void nothing(long) {}

struct Case {
  const char* name;
  void (*run)(long);
  long count;
};

constexpr Case kCases[] = {
    {"nothing", nothing, 0},
    {"parked", parked, 100'000},
    {"waves", waves, 1'000'000},
    {"waves", waves, 2'000'000},
    {"waves", waves, 3'000'000},
    {"channel_pairs", channel_pairs, 2'000'000},
    {"channel_items", channel_items, 2'000'000},
    {"mutex_pairs", mutex_pairs, 5'000'000},
    {"start_and_join", start_and_join, 500'000},
};

void run(const Case& one, long count) {
  const double start = processor_time();
  one.run(count);
  const double spent = processor_time() - start;
  std::printf("%s_%ld_peak_kb %ld\n", one.name, count, peak());
  if (count > 0) std::printf("%s_%ld_ns_each %.1f\n", one.name, count, spent / static_cast<double>(count));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3) {
    for (const Case& one : kCases) {
      if (std::strcmp(one.name, argv[1]) != 0) continue;
      run(one, std::atol(argv[2]));
      return 0;
    }
    return 2;
  }
  for (const Case& one : kCases) {
    const std::string command = std::string(argv[0]) + " " + one.name + " " + std::to_string(one.count);
    if (std::system(command.c_str()) != 0) return 1;
  }
}
