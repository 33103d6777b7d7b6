// SPDX-License-Identifier: Apache-2.0
//
// Which mistake a race is (patterns.def). A guess from what the report knows: stacks, locks, the variable, and the
// source lines as far as they can be read. It decides nothing but the words.
#pragma once

#include "detector/src/race_report.h"
#include "detector/src/source.h"

namespace baton::detector {

// Fills in kind, pattern and help of a report that is complete otherwise.
void recognise(Arena& arena, RaceReport& report);

// The innermost frame of the program's own; the innermost of all if there is none. Null for an empty stack.
const Frame* own_frame(const Stack& stack);

// Its source line.
SourceLine own_line(const Stack& stack);

}  // namespace baton::detector
