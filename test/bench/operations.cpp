// SPDX-License-Identifier: Apache-2.0
//
// What each kind of access costs under a detector, in nanoseconds an access: the same list as operations_test.go. Built
// by clang++ and clang++ -fsanitize=thread with -DBENCH_THREADS, and by baton-c++ with and without -race.
//
// Every loop keeps its accesses: KEEP makes the compiler, and an elimination of checks, believe that memory is used.
#include <benchmark/benchmark.h>

#include <atomic>
#include <cstring>
#include <vector>

#include "kernels/bench.hpp"

#define KEEP benchmark::ClobberMemory()

namespace {

constexpr int kWords = 1 << 17;  // 1 MB of int64_t
std::vector<int64_t> table(kWords, 1);
std::vector<unsigned char> bytes(1 << 20, 1);

void read_again(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(table[5]);
    KEEP;
  }
}

void write_again(benchmark::State& state) {
  for (auto _ : state) {
    table[5] = 2;
    KEEP;
  }
}

void write_byte_again(benchmark::State& state) {
  for (auto _ : state) {
    bytes[5] = 2;
    KEEP;
  }
}

void read_bytes_in_turn(benchmark::State& state) {
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(bytes[i++ % bytes.size()]);
    KEEP;
  }
}

void update_words_at_random(benchmark::State& state) {
  Random random;
  for (auto _ : state) {
    table[random.next() % kWords]++;
    KEEP;
  }
}

// Each write is the first of its line since the last release of the goroutine.
void write_line_anew(benchmark::State& state) {
  Mutex mutex;
  size_t i = 0;
  for (auto _ : state) {
    i = (i + 8) % kWords;
    if (i == 0) {
      mutex.lock();
      mutex.unlock();
    }
    table[i]++;
    KEEP;
  }
}

// Words that eight goroutines read in turn: nobody's accesses are the last of a line for long.
void read_shared(benchmark::State& state) {
  constexpr int kReaders = 8, kEach = 100'000;
  while (state.KeepRunningBatch(kReaders * kEach)) {
    WaitGroup wg;
    wg.add(kReaders);
    for (int reader = 0; reader < kReaders; reader++) {
      go([&] {
        for (size_t i = 0; i < kEach; i++) {
          benchmark::DoNotOptimize(table[i % 4096]);
          KEEP;
        }
        wg.done();
      });
    }
    wg.wait();
  }
}

void copy_4096_bytes(benchmark::State& state) {
  for (auto _ : state) {
    std::memcpy(bytes.data() + 8192, bytes.data(), 4096);
    KEEP;
  }
}

__attribute__((noinline)) int64_t leaf(int64_t x) {
  KEEP;
  return x + 1;
}
__attribute__((noinline)) int64_t inner(int64_t x) { return leaf(x) + 1; }

void call_and_return(benchmark::State& state) {
  int64_t x = 0;
  for (auto _ : state) benchmark::DoNotOptimize(x = inner(x));
}

void add_atomically(benchmark::State& state) {
  static std::atomic<int64_t> counter;
  for (auto _ : state) counter++;
}

void load_acquire(benchmark::State& state) {
  static std::atomic<int64_t> flag;
  flag = 1;
  for (auto _ : state) benchmark::DoNotOptimize(flag.load(std::memory_order_acquire));
}

// A list whose links are atomic, walked anew after each release, as by readers of a concurrent map; for one link.
struct Link {
  int64_t key;
  std::atomic<Link*> next;
  char rest[48];
};

void walk_atomic_links(benchmark::State& state) {
  constexpr int kLinks = 64;
  static Link links[kLinks];
  static std::atomic<int64_t> seen;
  for (int i = 0; i + 1 < kLinks; i++) links[i].next = &links[i + 1];
  while (state.KeepRunningBatch(kLinks)) {
    int64_t sum = 0;
    for (Link* link = links; link != nullptr; link = link->next.load(std::memory_order_acquire)) sum += link->key;
    seen.store(sum, std::memory_order_release);
  }
}

void allocate_and_free(benchmark::State& state) {
  for (auto _ : state) {
    auto* block = new int64_t[8];
    benchmark::DoNotOptimize(block);
    block[0] = 1;
    delete[] block;
  }
}

BENCHMARK(read_again);
BENCHMARK(write_again);
BENCHMARK(write_byte_again);
BENCHMARK(read_bytes_in_turn);
BENCHMARK(update_words_at_random);
BENCHMARK(write_line_anew);
BENCHMARK(read_shared);
BENCHMARK(copy_4096_bytes);
BENCHMARK(call_and_return);
BENCHMARK(add_atomically);
BENCHMARK(load_acquire);
BENCHMARK(walk_atomic_links);
BENCHMARK(allocate_and_free);

}  // namespace

BENCHMARK_MAIN();
