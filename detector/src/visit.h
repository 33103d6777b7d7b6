// SPDX-License-Identifier: Apache-2.0
//
// One access meeting the cells of one line, whose lock is held: the check for races and the record, in one step.
//
// The rule, for an access `a` of task t to some bytes, and each cell `c` of the line that shares bytes with it:
//   * c is ordered before a iff c is of t's own chain, or t's clock knows c's epoch.
//   * not ordered, and they conflict: a data race; c stays, so that later accesses meet it too.
//   * ordered, and a conflicts with all that c conflicts with: c loses those bytes. Whatever races with c later also
//     races with a, because whoever knows a knows c. (It may keep them: then c and a are both met.)
//   * c is of the current epoch and covers a: those bytes need no record of their own.
// Bytes that remain are added to a cell of the same epoch, context and kind, or to a new one.
//
// In a quiet line (shadow.h) whose epoch t knows, all cells are ordered before a, and none is looked at: quiet.h.
// Memory that one goroutine uses is quiet, and memory that is handed on under a lock.
//
// A read of a line that several goroutines read meanwhile need not look at the cells of others: read_shared.h.
#pragma once

#include <stdint.h>

#include "detector/src/access.h"
#include "detector/src/context.h"
#include "detector/src/shadow.h"
#include "detector/src/task.h"

namespace baton::detector {

// Returns what the current epoch has recorded of the line. Sets the line's epoch, the filter and whether it is quiet.
Recorded visit(Task& task, Line& line, Line::Held& held, uint64_t mask, Kind kind, ContextId context,
               Findings& findings);

}  // namespace baton::detector
