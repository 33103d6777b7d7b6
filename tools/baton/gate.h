// SPDX-License-Identifier: Apache-2.0
//
// The options --baseline and --fail-on, which `baton report` and `baton test` share.
#pragma once

#include <string>
#include <vector>

#include "tools/baton/options.h"
#include "tools/report/race.h"

namespace baton::tools {

struct Gate {
  size_t fresh = 0;     // races that the baseline does not know; all without one
  bool raced = false;   // there are such as --fail-on names
  bool failed = false;  // the baseline could not be read completely
};

// Marks the races that the baseline knows and sorts them; says on standard error what is wrong with it, and which of
// its entries are expired or match nothing. `otherwise` is --fail-on if it is not given.
Gate pass_gate(const Parsed& options, const std::string& otherwise, std::vector<Race>& races);

// Lines on standard error, each after "baton: ".
void say(const std::vector<std::string>& lines);

}  // namespace baton::tools
