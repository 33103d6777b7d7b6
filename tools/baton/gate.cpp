// SPDX-License-Identifier: Apache-2.0
#include "tools/baton/gate.h"

#include <algorithm>
#include <cstdio>

#include "tools/report/baseline.h"

namespace baton::tools {

void say(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) std::fprintf(stderr, "baton: %s\n", line.c_str());
}

Gate pass_gate(const Parsed& options, const std::string& otherwise, std::vector<Race>& races) {
  Gate gate;
  if (options.has("baseline")) {
    const Baseline baseline = read_baseline(options.value("baseline"), /*may_be_missing=*/false);
    say(baseline.problems);
    gate.failed = !baseline.problems.empty();
    say(apply_baseline(baseline, races));
  }
  gate.fresh = static_cast<size_t>(
      std::count_if(races.begin(), races.end(), [](const Race& race) { return race.standing == Standing::kNew; }));
  const std::string which = options.value("fail-on", otherwise);
  gate.raced = which == "any" ? !races.empty() : which == "new" && gate.fresh != 0;
  return gate;
}

}  // namespace baton::tools
