// SPDX-License-Identifier: Apache-2.0
//
// Quiet lines (shadow.h): an access that cannot race with anything there is added to the list, and no more is done.
//
// Which cells lose bytes to it is put off until the list is full, or somebody comes who does not know all of it:
// compact(). The order of the list tells what may be dropped for what (Cell::orderly), so a cell that is added or
// renewed goes to the end. Taking more bytes into a cell of the running epoch needs no move: what stands behind it is
// of the same epoch, and did not cover those bytes.
#pragma once

#include <stdint.h>

#include "detector/src/context.h"
#include "detector/src/shadow.h"
#include "detector/src/shared_readers.h"
#include "detector/src/task.h"

namespace baton::detector {

// Whether all that a line's epoch stands for is known to the task.
inline bool knows_all_of(const Task& task, Epoch owner) {
  if (owner >= task.first_epoch && owner <= task.epoch) return true;
  return owner != 0 && !is_tag(owner) && task.knows_all_of(owner);
}

// The same for lines in a row, which often belong to one epoch: what is known stays known.
inline bool knows_all_of_again(Task& task, Epoch owner) {
  if (owner == task.known_owner && owner != 0) return true;
  if (!knows_all_of(task, owner)) return false;
  task.known_owner = owner;
  return true;
}

// Adds an access to a line of which the task knows everything, through the line's epoch `owner`; 0: it has no cells.
// The line is the task's afterwards. Returns what its epoch has recorded there, as far as that is at hand.
Recorded add_quietly(Task& task, Line& line, Line::Held& held, uint64_t mask, Kind kind, ContextId context,
                     Epoch owner);

// The same for a plain access to whole words.
void add_words_quietly(Task& task, Line& line, Line::Held& held, uint32_t words, Kind kind, ContextId context,
                       Epoch owner);

// And for one to bytes of one quarter of the line, bit i: byte i of the quarter. Returns which bytes of the line are
// recorded now by this call.
uint64_t add_bytes_quietly(Task& task, Line& line, Line::Held& held, uint32_t bytes, uint32_t quarter, Kind kind,
                           ContextId context, Epoch owner);

// Takes from each of the `count` cells the bytes of those behind it that happen after it and stand for it. Returns how
// many cells are left.
uint32_t compact(CellList& cells, uint32_t count);

}  // namespace baton::detector
