// SPDX-License-Identifier: Apache-2.0
//
// The races that a project knows of and lives with for now. A file of one JSON object per line, sorted, so that git
// merges it:
//
//   {"fingerprint":"b1:…","race":"data race on counter in add","at":["a.cpp:40","a.cpp:49"],"since":"2026-01-31",
//    "reason":"ticket 812","expires":"2026-12-31"}
//
// `fingerprint`, or `match`: a pattern with `*` over functions, files and variables of the race. `reason` and `expires`
// are a person's; the entry holds up to and including that day. The rest is for people and not read.
#pragma once

#include <string>
#include <vector>

#include "tools/report/race.h"

namespace baton::tools {

struct BaselineEntry {
  std::string fingerprint, match;  // one of them
  std::string race, since, commit, reason, expires;
  std::vector<std::string> at;
  size_t line = 0;  // in the file
};

struct Baseline {
  std::string file;
  std::vector<BaselineEntry> entries;
  std::vector<std::string> problems;  // "FILE:LINE: …"; such a line is no entry
};

// A file that cannot be read is a problem, unless `may_be_missing` and there is none.
Baseline read_baseline(const std::string& file, bool may_be_missing);

// Marks the races that the baseline knows. Returns a line for each entry that is expired or that no race matches.
std::vector<std::string> apply_baseline(const Baseline& baseline, std::vector<Race>& races);

// The entries of `baseline` and one for each race that it does not know yet, or knows only by an expired entry, which
// is then renewed; with `prune`, without those that no race matches. `reason` and `expires` are for what is added.
std::string updated_baseline(const Baseline& baseline, const std::vector<Race>& races, bool prune,
                             const std::string& reason, const std::string& expires);

// Whether this is a day as 2026-01-31.
bool is_day(const std::string& text);

}  // namespace baton::tools
