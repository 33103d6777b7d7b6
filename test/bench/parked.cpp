// SPDX-License-Identifier: Apache-2.0
//
// A million goroutines wait for a channel at once: resident memory of each in bytes, and nanoseconds for its life.
#include <unistd.h>
#include <baton/baton.hpp>
#include <chrono>
#include <cstdio>
using namespace baton;

constexpr long kGoroutines = 1'000'000;

// Resident memory of the process in bytes.
static long resident() {
  long pages = 0;
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr || std::fscanf(file, "%*d %ld", &pages) != 1) std::exit(1);
  std::fclose(file);
  return pages * sysconf(_SC_PAGESIZE);
}

int main() {
  auto gate = make_chan<int>();
  WaitGroup parked;
  WaitGroup ended;
  parked.add(kGoroutines);
  ended.add(kGoroutines);
  const long before = resident();
  const auto start = std::chrono::steady_clock::now();
  for (long i = 0; i < kGoroutines; i++) {
    go([&, gate] {
      parked.done();
      gate.recv();
      ended.done();
    });
  }
  parked.wait();
  gosched();
  const long each = (resident() - before) / kGoroutines;
  close(gate);
  ended.wait();
  const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
  std::printf("parked_goroutine_bytes %ld\nparked_goroutine_life %.1f\n", each, spent.count() / kGoroutines);
}
