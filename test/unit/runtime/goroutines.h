// SPDX-License-Identifier: Apache-2.0
//
// What the tests of channels and sync types share: every case runs with 1, 2 and 8 processors, and expects panics by
// their text. No case sleeps to get an order: settle() lets everybody run who can, which a blocked goroutine cannot.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <baton/baton.hpp>
#include <string>

namespace baton::test {

class WithProcessors : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { gomaxprocs(GetParam()); }
};

inline std::string processors_name(const testing::TestParamInfo<int>& info) {
  return "Procs" + std::to_string(info.param);
}

// Gives every other goroutine many turns. With several processors it is a chance, not a proof, that they were taken; a
// correct library passes always.
inline void settle() {
  for (int i = 0; i < 200; i++) gosched();
}

// Waits, yielding, until the condition holds.
template <class Condition>
void wait_until(Condition condition) {
  while (!condition()) gosched();
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
