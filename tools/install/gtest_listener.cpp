// SPDX-License-Identifier: Apache-2.0
//
// Linked into a GoogleTest program: a data race fails the test in which it was found. Compiled with the user's own
// GoogleTest, by `baton test` and by baton_discover_tests of the CMake package. Does nothing in a program without
// -race.
//
// A race that is found between two tests, by a goroutine that a test left behind, fails the test that ends next.
#include <gtest/gtest.h>

#include <cstdint>

// The detector's (race_hooks.h); not there without -race.
extern "C" __attribute__((weak)) std::uint64_t __baton_race_count(void);

namespace {

class RaceListener : public testing::EmptyTestEventListener {
  void OnTestEnd(const testing::TestInfo& test) override {
    const std::uint64_t found = __baton_race_count();
    if (found == known_) return;
    known_ = found;
    ADD_FAILURE_AT(test.file(), test.line()) << "race detected during execution of test";
  }

  std::uint64_t known_ = 0;
};

// Before main, and so before InitGoogleTest: listeners may be added at any time.
[[maybe_unused]] const bool added = [] {
  if (__baton_race_count != nullptr) testing::UnitTest::GetInstance()->listeners().Append(new RaceListener);
  return true;
}();

}  // namespace
