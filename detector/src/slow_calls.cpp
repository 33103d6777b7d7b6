// SPDX-License-Identifier: Apache-2.0

#include "detector/src/slow_calls.h"

#include <atomic>

#include "detector/src/mem.h"
#include "detector/src/writer.h"

namespace baton::detector {

constinit bool counts_slow_calls = false;

namespace {

constexpr const char* kTexts[] = {
#define BATON_SLOW_CALL(name, text) text,
#include "detector/src/slow_calls.def"
#undef BATON_SLOW_CALL
};
constexpr uint32_t kCounters = sizeof kTexts / sizeof kTexts[0];

// Threads beyond share the last place.
constexpr uint32_t kThreads = 16384;

struct alignas(64) Counts {
  std::atomic<uint64_t> of[kCounters];  // relaxed: sums for people
};

constinit Counts* all = nullptr;
constinit std::atomic<uint32_t> threads{0};  // places handed out
thread_local Counts* mine = nullptr;

}  // namespace

void count_one(SlowCall call) {
  if (mine == nullptr) {
    const uint32_t place = threads.fetch_add(1, std::memory_order_relaxed);
    mine = &all[place < kThreads ? place : kThreads - 1];
  }
  mine->of[static_cast<uint32_t>(call)].fetch_add(1, std::memory_order_relaxed);
}

void start_counting() {
  all = static_cast<Counts*>(reserve(kThreads * sizeof(Counts), "counters"));
  counts_slow_calls = true;
}

void print_slow_calls(Writer& out) {
  const uint32_t known = threads.load(std::memory_order_relaxed);
  out.print("baton: calls of the detector\n");
  for (uint32_t i = 0; i < kCounters; ++i) {
    uint64_t sum = 0;
    for (uint32_t t = 0; t < known && t < kThreads; ++t) sum += all[t].of[i].load(std::memory_order_relaxed);
    out.print("%14llu %s\n", static_cast<unsigned long long>(sum), kTexts[i]);
  }
}

}  // namespace baton::detector
