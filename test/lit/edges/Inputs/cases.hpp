// SPDX-License-Identifier: Apache-2.0
//
// Programs of many small cases, each of which must be reported (race_...) or must not (no_race_...). "list" prints
// their names; a name runs that case.
//
// Cases fix the order of their goroutines with `stage`: relaxed atomics order the accesses in time and give no edge, so
// what is found or not depends on the primitive under test alone.
#pragma once

#include <atomic>
#include <baton/baton.hpp>
#include <cstring>

using namespace baton;

inline std::atomic<int> stage{0};

inline void reach(int n) { stage.store(n, std::memory_order_relaxed); }
inline void await(int n) {
  while (stage.load(std::memory_order_relaxed) < n) gosched();
}
// Gives a goroutine that is about to block the time to do so. Whether it had blocked changes the path that is taken in
// the library, and must not change the verdict.
inline void let_others_block() {
  for (int i = 0; i < 100; i++) gosched();
}

struct Case {
  const char* name;
  void (*run)();
};

template <int N>
int run_cases(const Case (&cases)[N], int argc, char** argv) {
  if (argc != 2) return 64;
  const bool list = std::strcmp(argv[1], "list") == 0;
  for (const Case& c : cases) {
    if (list) std::puts(c.name);
    if (std::strcmp(argv[1], c.name) == 0) {
      c.run();
      return 0;
    }
  }
  return list ? 0 : 64;
}
