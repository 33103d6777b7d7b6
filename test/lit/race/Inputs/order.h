// SPDX-License-Identifier: Apache-2.0
//
// An order of events that the detector cannot see: goroutines take turns by a counter which is neither instrumented nor
// annotated. So a test fixes the interleaving of its accesses without adding a happens-before edge.
#pragma once

#include <baton/baton.hpp>

inline int turn_now;

[[clang::disable_sanitizer_instrumentation, gnu::noinline]] inline void await_turn(int n) {
  while (__atomic_load_n(&turn_now, __ATOMIC_SEQ_CST) < n) baton::gosched();
}

[[clang::disable_sanitizer_instrumentation, gnu::noinline]] inline void next_turn() {
  __atomic_fetch_add(&turn_now, 1, __ATOMIC_SEQ_CST);
}

// Keeps main until n turns were taken, without learning anything.
inline void await_all(int n) { await_turn(n); }
