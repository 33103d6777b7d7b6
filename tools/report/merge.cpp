// SPDX-License-Identifier: Apache-2.0
#include "tools/report/merge.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace baton::tools {

std::string sighting(const Race& race) {
  return race.time + " " + race.program + " " + std::to_string(race.pid) + " " + std::to_string(race.number);
}

std::vector<Race> merge_races(std::vector<Race> races) {
  auto earlier = [](const Race& a, const Race& b) {
    return std::tie(a.time, a.program, a.pid, a.number) < std::tie(b.time, b.program, b.pid, b.number);
  };
  std::map<std::string, Race> merged;
  for (Race& race : races) {
    auto [place, first] = merged.try_emplace(race.fingerprint, race);
    if (first) continue;
    Race& kept = place->second;
    std::vector<std::string> seen = kept.seen;
    seen.insert(seen.end(), race.seen.begin(), race.seen.end());
    if (earlier(race, kept)) kept = std::move(race);
    kept.seen = std::move(seen);
  }
  std::vector<Race> result;
  for (auto& [fingerprint, race] : merged) {
    std::sort(race.seen.begin(), race.seen.end());
    race.seen.erase(std::unique(race.seen.begin(), race.seen.end()), race.seen.end());
    result.push_back(std::move(race));
  }
  std::sort(result.begin(), result.end(), canonical_order);
  return result;
}

}  // namespace baton::tools
