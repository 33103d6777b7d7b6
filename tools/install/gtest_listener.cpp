// SPDX-License-Identifier: Apache-2.0
//
// Linked into a GoogleTest program: a data race fails the test in which it was found. Compiled with the user's own
// GoogleTest, by `baton test` and by baton_discover_tests of the CMake package. Does nothing in a program without
// -race.
//
// With BATON_RACE_FAILS_TEST=0 in the environment races fail no test; the status of the program still says them.
//
// A race that is found between two tests, by a goroutine that a test left behind, fails the test that ends next.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>

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
  const char* wanted = std::getenv("BATON_RACE_FAILS_TEST");
  if (wanted != nullptr && *wanted == '0') return true;
  if (__baton_race_count != nullptr) testing::UnitTest::GetInstance()->listeners().Append(new RaceListener);
  return true;
}();

}  // namespace
