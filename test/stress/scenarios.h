// SPDX-License-Identifier: Apache-2.0
//
// The scenarios that mix.cpp chooses from. Each checks what must hold whatever the schedule was, and ends the process
// with its name if it does not.
#pragma once

#include <baton/baton.hpp>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace baton::stress {

using Random = std::mt19937_64;

inline int pick(Random& random, int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); }

inline std::chrono::microseconds pick_microseconds(Random& random, int high) {
  return std::chrono::microseconds(pick(random, 0, high));
}

inline void require(bool condition, const char* scenario, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "%s: %s does not hold\n", scenario, what);
  std::abort();
}
#define REQUIRE(condition) ::baton::stress::require(condition, __func__, #condition)

// language.cpp: what Go's language has.
void channel(Random random);
void dynamic_select(Random random);
void births(Random random);

// library.cpp: what its library has.
void locks(Random random);
void condition(Random random);
void time_and_contexts(Random random);
void groups(Random random);
void pools_and_maps(Random random);

// world.cpp: descriptors, threads and what blocks them.
void network(Random random);
void pipes(Random random);
void threads(Random random);
void blocking_calls(Random random);
void locked_threads(Random random);

}  // namespace baton::stress
