// SPDX-License-Identifier: Apache-2.0
//
// Reads of lines that several goroutines read meanwhile: a table under a reader-writer lock, a tree that is built once.
//
// Such a line is not quiet, since no reader knows what the others did; but that is of no interest to a read, as long as
// it knows the writes. The first cell of the list says so (Cell::writes_known): everybody who knows all of its epoch
// knows all writes of the line; and if it is no write, there are none. Then a read looks for the cells of its own
// chain, and adds to them or replaces them.
//
// Invariants of a list whose first cell is marked so: it has no sets (access_set.h), and no cell is marked as orderly,
// so that cells may change their places. Whatever adds a write takes the mark away.
#pragma once

#include <stdint.h>

#include "detector/src/context.h"
#include "detector/src/shadow.h"
#include "detector/src/task.h"

namespace baton::detector {

// Whether the task knows all writes of the list.
bool knows_writes(Task& task, const CellList& cells);

// Marks a list all of whose writes are known to some task, if one of them is the last in happens-before.
void mark_writes(CellList& cells);

// Records a plain read of whole words, if the line is marked and the task knows its writes: then `recorded` is what the
// current epoch has recorded of the line. False: nothing was done.
bool read_shared(Task& task, Line& line, Line::Held& held, uint32_t words, ContextId context, Recorded& recorded);

}  // namespace baton::detector
