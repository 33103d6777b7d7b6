// SPDX-License-Identifier: Apache-2.0

#include "detector/src/shadow.h"

#include <gtest/gtest.h>

#include <random>

namespace baton::detector {
namespace {

TEST(ConflictTable, IsThatOfTheMemoryModel) {
  EXPECT_FALSE(conflicts(kRead, kRead));
  EXPECT_FALSE(conflicts(kRead, kAtomicRead));
  EXPECT_FALSE(conflicts(kAtomicRead, kAtomicWrite));
  EXPECT_FALSE(conflicts(kAtomicWrite, kAtomicWrite));
  EXPECT_TRUE(conflicts(kRead, kWrite));
  EXPECT_TRUE(conflicts(kRead, kAtomicWrite));
  EXPECT_TRUE(conflicts(kAtomicRead, kWrite));
  EXPECT_TRUE(conflicts(kAtomicWrite, kWrite));
  EXPECT_TRUE(conflicts(kWrite, kWrite));
  EXPECT_TRUE(conflicts(kFree, kRead));
}

TEST(CoverTable, LaterAccessStandsForAnEarlierOneOnlyIfItConflictsWithAsMuch) {
  constexpr Kind kinds[] = {kRead, kWrite, kAtomicRead, kAtomicWrite};
  for (Kind later : kinds) {
    for (Kind earlier : kinds) {
      bool as_much = true;
      for (Kind other : kinds) as_much &= !conflicts(earlier, other) || conflicts(later, other);
      EXPECT_EQ(covers(later, earlier), as_much) << int{later} << " " << int{earlier};
    }
  }
}

TEST(WordMasks, AgreeWithALoopOverBytes) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 10000; ++i) {
    uint64_t mask = random() & random();
    if (i % 3 == 0) mask |= random() | random();
    uint32_t touched = 0;
    uint32_t filled = 0;
    for (uint32_t word = 0; word < 16; ++word) {
      uint64_t bytes = mask >> (4 * word) & 0xf;
      if (bytes != 0) touched |= 1u << word;
      if (bytes == 0xf) filled |= 1u << word;
    }
    ASSERT_EQ(words_touched(mask), touched);
    ASSERT_EQ(words_filled(mask), filled);
  }
}

TEST(ByteMask, CoversExactlyTheBytes) {
  EXPECT_EQ(byte_mask(0, 64), ~0ull);
  EXPECT_EQ(byte_mask(63, 1), 1ull << 63);
  EXPECT_EQ(byte_mask(4, 4), 0xf0ull);
}

}  // namespace
}  // namespace baton::detector
