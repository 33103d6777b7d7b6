// SPDX-License-Identifier: Apache-2.0
//
// The persistent clock against the naive model of clock.h: an array.

#include "detector/src/clock.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "detector/src/epoch.h"

namespace baton::detector {
namespace {

constexpr uint32_t kChains = 5000;

struct ClockTest : testing::Test {
  static void SetUpTestSuite() {
    static bool once = (Clock::init_pools(), true);
    EXPECT_TRUE(once);
  }
};

struct Model {
  std::array<uint64_t, kChains> epoch{};

  bool join(const Model& other) {
    bool changed = false;
    for (uint32_t i = 0; i < kChains; ++i) {
      changed |= other.epoch[i] > epoch[i];
      epoch[i] = std::max(epoch[i], other.epoch[i]);
    }
    return changed;
  }
};

TEST_F(ClockTest, UnsetComponentIsZeroHoweverLarge) {
  Clock clock;
  EXPECT_EQ(clock.get(0), 0u);
  EXPECT_EQ(clock.get(kMaxChain), 0u);
  clock.raise(make_epoch(3, 7));
  EXPECT_EQ(clock.get(3), 7u);
  EXPECT_EQ(clock.get(4), 0u);
  EXPECT_EQ(clock.get(kMaxChain), 0u);
}

TEST_F(ClockTest, LargestChainCanBeSet) {
  Clock clock;
  clock.raise(make_epoch(1, 5));
  clock.raise(make_epoch(kMaxChain, 9));
  EXPECT_EQ(clock.get(kMaxChain), 9u);
  EXPECT_EQ(clock.get(1), 5u);
  clock.clear();
  EXPECT_TRUE(clock.empty());
}

TEST_F(ClockTest, CopyIsNotChangedByLaterWritesToTheOriginal) {
  Clock a;
  Clock b;
  a.raise(make_epoch(1, 1));
  b.assign(a);
  a.raise(make_epoch(1, 2));
  a.raise(make_epoch(1000, 3));
  EXPECT_EQ(b.get(1), 1u);
  EXPECT_EQ(b.get(1000), 0u);
}

TEST_F(ClockTest, JoinOfALowerTreeIntoAHigherOneAndBack) {
  Clock low;
  Clock high;
  low.raise(make_epoch(2, 10));
  high.raise(make_epoch(4000, 20));
  EXPECT_TRUE(high.join(low));
  EXPECT_FALSE(high.join(low));
  EXPECT_TRUE(low.join(high));
  EXPECT_EQ(low.get(4000), 20u);
  EXPECT_EQ(high.get(2), 10u);
}

// Leaves and inner nodes are numbered apart, so trees of different heights may have equal root numbers.
TEST_F(ClockTest, TreesOfDifferentHeightAreNeverTakenForTheSame) {
  constexpr int kMany = 100;
  std::array<Clock, kMany> low;
  std::array<Clock, kMany> high;
  for (Clock& clock : low) clock.raise(make_epoch(1, 5));
  for (Clock& clock : high) clock.raise(make_epoch(20, 7));
  for (const Clock& a : low) {
    for (const Clock& b : high) {
      Clock clock;
      clock.assign(a);
      ASSERT_TRUE(clock.join(b));
      ASSERT_EQ(clock.get(20), 7u);
      ASSERT_EQ(clock.get(1), 5u);
      clock.assign(a);
      clock.assign(b);
      ASSERT_EQ(clock.get(1), 0u);
      clock.assign(a);
      ASSERT_EQ(clock.get(20), 0u);
      clock.clear();
    }
  }
  for (Clock& clock : low) clock.clear();
  for (Clock& clock : high) clock.clear();
}

TEST_F(ClockTest, RandomOperationsAgreeWithTheNaiveModel) {
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    constexpr int kClocks = 6;
    std::array<Clock, kClocks> clocks;
    std::array<Model, kClocks> models;
    // Small trees, large ones, and mixtures: the range of chains differs from seed to seed.
    uint32_t range = std::array{3u, 16u, 17u, 300u, kChains}[seed % 5];
    for (int step = 0; step < 400; ++step) {
      uint32_t a = random() % kClocks;
      uint32_t b = random() % kClocks;
      uint32_t chain = random() % (step % 7 == 0 ? std::min(range, 16u) : range);
      switch (random() % 6) {
        case 0:
        case 1: {
          uint64_t epoch = models[a].epoch[chain] + 1 + random() % 3;
          clocks[a].raise(make_epoch(chain, epoch));
          models[a].epoch[chain] = epoch;
          break;
        }
        case 2:
        case 3:
          ASSERT_GE(clocks[a].join(clocks[b]), models[a].join(models[b]));  // it may say so for nothing
          break;
        case 4: {
          if (a == b) break;
          Model before = models[b];
          models[b] = models[a];
          ASSERT_GE(clocks[a].exchange(clocks[b], 0), models[a].join(before));
          break;
        }
        default:
          clocks[a].assign(clocks[b]);
          models[a] = models[b];
      }
    }
    for (int i = 0; i < kClocks; ++i) {
      for (uint32_t chain = 0; chain < kChains; ++chain) ASSERT_EQ(clocks[i].get(chain), models[i].epoch[chain]);
      clocks[i].clear();
    }
  }
}

// A thousand goroutines learn of one close. Their clocks differ from the closer's by his epoch alone.
TEST_F(ClockTest, WhoeverLearnsAFullClockHasAllOfItAndTheEpochItWasPublishedAs) {
  for (uint32_t recent = 0; recent < 9; ++recent) {
    Clock closer;
    for (uint32_t chain = 1; chain <= 20 + recent; ++chain) closer.raise(make_epoch(chain, chain));
    const Epoch published = make_epoch(100, 7);
    Clock learners[2];
    for (Clock& learner : learners) {
      learner.raise(make_epoch(200 + recent, 1));
      learner.join(closer);
      EXPECT_TRUE(learner.raise_after(closer, published));
    }
    learners[1].raise(make_epoch(300, 3));
    EXPECT_TRUE(learners[0].join(learners[1]));
    EXPECT_FALSE(learners[0].join(learners[1]));
    for (uint32_t chain = 1; chain <= 20 + recent; ++chain) EXPECT_EQ(learners[0].get(chain), chain);
    EXPECT_EQ(learners[0].get(100), 7u);
    EXPECT_EQ(learners[0].get(300), 3u);
    EXPECT_EQ(learners[1].get(200 + recent), 1u);
    for (Clock* clock : {&closer, &learners[0], &learners[1]}) clock->clear();
  }
}

}  // namespace
}  // namespace baton::detector
