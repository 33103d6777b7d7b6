// SPDX-License-Identifier: Apache-2.0
//
// The formats of `baton report`. Each writer takes the races in canonical order and gives the whole text; two calls
// with the same races give the same text.
#pragma once

#include <string>
#include <vector>

#include "tools/report/race.h"

namespace baton::tools {

#define BATON_FORMAT(name, what) std::string write_##name(const std::vector<Race>& races);
#include "tools/report/formats.def"
#undef BATON_FORMAT

// The names with a '|' before each, as options.def wants them.
inline constexpr char kFormatNames[] =
#define BATON_FORMAT(name, what) "|" #name
#include "tools/report/formats.def"
#undef BATON_FORMAT
    ;

// `name` is one of them.
std::string write_as(const std::string& name, const std::vector<Race>& races);

// What `text` is, for a terminal perhaps in colours.
std::string text_report(const std::vector<Race>& races, bool colour);

// Pieces that several formats share.
std::string go_report(const Race& race);  // the Go-shaped block, separators included
// What follows it: what raced, the two lines, locks, ancestry, what to do, the id.
std::string explanation(const Race& race, bool colour);
std::string seen_text(const Race& race);        // "seen once", "seen 3 times in 2 processes"
std::string plural(size_t n, const char* one);  // "1 race", "2 races"

}  // namespace baton::tools
