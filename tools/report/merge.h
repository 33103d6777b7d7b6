// SPDX-License-Identifier: Apache-2.0
//
// One entry for each race, from the logs of many processes and runs. The result does not depend on the order of the
// logs, and a log read twice changes nothing.
#pragma once

#include <string>
#include <vector>

#include "tools/report/race.h"

namespace baton::tools {

// Names one finding of a race: a process finds a race once.
std::string sighting(const Race& race);

// Races with one fingerprint become one: the earliest stays, and `seen` is that of all. Sorted by canonical_order.
std::vector<Race> merge_races(std::vector<Race> races);

}  // namespace baton::tools
