// SPDX-License-Identifier: Apache-2.0
//
// merge_races is a union: the order of the logs, and reading one twice, change nothing. Held against random logs.
#include "tools/report/merge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tools/report/formats.h"

namespace baton::tools {
namespace {

Race race(int which, int process) {
  Race one;
  one.fingerprint = "b1:" + std::to_string(which);
  one.time = "2026-01-31T12:00:0" + std::to_string(process) + ".000Z";
  one.pid = process;
  one.number = which;
  for (int side : {0, 1}) {
    Access access;
    access.kind = side == 0 ? "write" : "read";
    Frame frame;
    frame.function = "f" + std::to_string(which) + "()";
    frame.file = "f.cpp";
    frame.line = 10 * which + side + process;
    access.stack = {frame};
    one.accesses.push_back(access);
  }
  if (process % 2 == 1) std::swap(one.accesses[0], one.accesses[1]);
  one.seen = {sighting(one)};
  return one;
}

std::string merged(std::vector<Race> races) { return write_json(merge_races(std::move(races))); }

TEST(Merge, IsIndependentOfTheOrder) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::vector<Race> races;
    for (int i = 0; i < 20; ++i) races.push_back(race(static_cast<int>(random() % 5), static_cast<int>(random() % 6)));
    const std::string wanted = merged(races);
    std::shuffle(races.begin(), races.end(), random);
    EXPECT_EQ(merged(races), wanted);
  }
}

TEST(Merge, OfPartsIsTheWhole) {
  std::vector<Race> a = {race(1, 1), race(2, 1), race(1, 2)};
  std::vector<Race> b = {race(1, 3), race(3, 3), race(1, 1)};
  std::vector<Race> all = a;
  all.insert(all.end(), b.begin(), b.end());
  std::vector<Race> parts = merge_races(a);
  for (const Race& one : merge_races(b)) parts.push_back(one);
  EXPECT_EQ(merged(parts), merged(all));
  EXPECT_EQ(merged(merge_races(all)), merged(all));
}

TEST(Merge, KeepsTheEarliestAndAllSightings) {
  const std::vector<Race> result = merge_races({race(1, 3), race(1, 1), race(1, 2), race(1, 3)});
  ASSERT_EQ(result.size(), 1u);
  EXPECT_EQ(result[0].pid, 1);
  EXPECT_EQ(result[0].seen.size(), 3u);
}

}  // namespace
}  // namespace baton::tools
