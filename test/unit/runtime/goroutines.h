// SPDX-License-Identifier: Apache-2.0
//
// What the tests of channels and sync types share: every case runs with 1, 2 and 8 processors, and expects panics by
// their text. No case sleeps to get an order, or counts turns: settle() waits until everybody who can run has run.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <baton/baton.hpp>
#include <string>

#include "runtime/src/sched.h"
#include "runtime/src/types.h"

namespace baton::test {

class WithProcessors : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { gomaxprocs(GetParam()); }
};

inline std::string processors_name(const testing::TestParamInfo<int>& info) {
  return "Procs" + std::to_string(info.param);
}

// Waits until every other goroutine is parked or has ended. Not while one of them yields for ever.
inline void settle() {
  const auto can_run = [](const rt::G* g) {
    const rt::GStatus status = g->status.load(std::memory_order_acquire);  // pairs with recycle: the end is counted
    return status == rt::GStatus::kRunnable || status == rt::GStatus::kRunning;
  };
  const rt::G* self = rt::current();
  bool all_wait;
  do {
    gosched();
    all_wait = true;
    for (const rt::G* g = rt::sched.all_goroutines; g != nullptr; g = g->all_link) {
      if (g != self && can_run(g)) all_wait = false;
    }
  } while (!all_wait);
}

// Gives every other goroutine many turns: a chance that something wrong happens, where settle() cannot be used.
inline void give_turns() {
  for (int i = 0; i < 200; i++) gosched();
}

// Waits, yielding, until the condition holds.
template <class Condition>
void wait_until(Condition condition) {
  while (!condition()) gosched();
}

// Whether a round gives `wanted` within many. For orders that the monitor of a busy machine may upset, by taking the
// processor from a thread that cannot go on; one that never comes is wrong.
template <class T, class Round>
bool gives(const T& wanted, Round round) {
  for (int i = 0; i < 200; i++) {
    if (round() == wanted) return true;
  }
  return false;
}

template <class F>
std::string panic_of(F f) {
  try {
    f();
  } catch (const panic_error& e) {
    return e.what();
  }
  return "no panic";
}

}  // namespace baton::test

#define BATON_TEST_WITH_PROCESSORS(suite) \
  INSTANTIATE_TEST_SUITE_P(All, suite, testing::Values(1, 2, 8), ::baton::test::processors_name)
