// SPDX-License-Identifier: Apache-2.0
//
// Counters of slow_calls.def: the way to find out what a program's checks cost. Each thread counts for itself.
#pragma once

#include <stdint.h>

namespace baton::detector {

class Writer;

enum class SlowCall : uint32_t {
#define BATON_SLOW_CALL(name, text) name,
#include "detector/src/slow_calls.def"
#undef BATON_SLOW_CALL
};

extern bool counts_slow_calls;  // set once, by start_counting()

void count_one(SlowCall call);

// Counts, if somebody wants to know. Not async-signal-safe.
inline void count(SlowCall call) {
  if (__builtin_expect(counts_slow_calls, false)) count_one(call);
}

// From here on count() counts.
void start_counting();
// One line for each counter: the sum over all threads. Threads that run meanwhile may be a little behind.
void print_slow_calls(Writer& out);

}  // namespace baton::detector
