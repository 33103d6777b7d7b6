// SPDX-License-Identifier: Apache-2.0
//
// Races that are not reported: the file of GORACE=suppressions=FILE, in ThreadSanitizer's syntax.
//
//   race:PATTERN             a function, file or module of either stack, or the variable, matches
//   race_top:PATTERN         the same, of the innermost frames only
//   called_from_lib:PATTERN  a module on either stack matches
//   fingerprint:b1:...       the race with this fingerprint (docs/json.md)
//
// A pattern may occur anywhere in the name; `*` stands for any text, `^` and `$` at the ends anchor it. Lines that
// begin with `#` are comments. Two of them are read, and belong to the entry that follows: `# expires: 2027-03-01`,
// after which the entry does not hold, and `# reason: text`. ThreadSanitizer's other types are accepted and never
// match.
#pragma once

#include <stdint.h>

#include "detector/src/race_report.h"

namespace baton::detector {

// Reads the file. A line that does not parse, an entry that has expired, a file that cannot be read: one line on stderr
// each, and the rest holds.
void init_suppressions();

// Whether an entry matches; counts the match.
bool is_suppressed(const RaceReport& report);

// One line that names the entries which matched nothing, and could have; none if there is no such entry.
void print_unmatched_suppressions(Writer& out);

// All entries with the number of their matches.
void print_suppressions(Writer& out);

// Whether `text` contains the pattern.
bool matches_pattern(const char* pattern, const char* text);

}  // namespace baton::detector
