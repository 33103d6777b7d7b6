// SPDX-License-Identifier: Apache-2.0
//
// Quiet lines (shadow.h): an access that cannot race with anything there is added at the end of the list, and no more
// is done.
//
// Which cells lose bytes to it is put off until the list is full, or somebody comes who does not know all of it:
// compact(). The order of the list tells what may be dropped for what (Cell::orderly), so a new cell stands at the end.
// Taking more bytes into a cell of the running epoch needs no move: what stands behind it is of the same epoch, and did
// not cover those bytes. The cells of the running epoch are the last ones.
#pragma once

#include <stdint.h>

#include "detector/src/chain.h"
#include "detector/src/context.h"
#include "detector/src/shadow.h"
#include "detector/src/shared_readers.h"
#include "detector/src/task.h"

namespace baton::detector {

// Whether all that a line's epoch stands for is known to the task, as far as a glance tells.
inline bool knows_at_once(const Task& task, Epoch owner) {
  return (owner == task.known_owner && owner != 0) || (owner >= task.first_epoch && owner <= task.epoch);
}

// The same for sure. What is known stays known, and lines in a row often belong to one epoch.
inline bool knows_all_of(Task& task, Epoch owner) {
  if (knows_at_once(task, owner)) return true;
  if (owner == 0 || is_tag(owner) || !task.knows_all_of(owner)) return false;
  task.known_owner = owner;
  return true;
}

// Whether the task knows everything of a locked line. `owner` is the line's epoch; 0: it has no cells.
inline bool knows_line(Task& task, const Line& line, const Line::Held& held, Epoch& owner) {
  owner = held.cells() != 0 ? line.epoch() : 0;
  return held.cells() == 0 || (held.quiet() && knows_all_of(task, owner));
}

// Adds an access to a line of which the task knows everything, through the line's epoch `owner`; 0: it has no cells.
// The line is the task's afterwards. Returns what its epoch has recorded there, as far as that is at hand.
Recorded add_quietly(Task& task, Line& line, Line::Held& held, uint64_t mask, Kind kind, ContextId context,
                     Epoch owner);

// The same for the free of memory.
void free_quietly(Task& task, Line& line, Line::Held& held, uint64_t mask, ContextId context, Epoch owner);

// Takes from each cell the bytes of those behind it that happen after it and stand for it; so does `next`, which is
// going to be added (null: none).
void compact(CellList& cells, const Cell* next);

// What the filter says of the task's epoch, as the bits of reads and of writes. From here on the line is the task's.
struct Filter {
  uint32_t reads = 0;
  uint32_t writes = 0;

  Filter(const Task& task, Line& line, const Line::Held& held, Epoch owner) {
    if (owner == task.epoch) {
      reads = held.read_words();
      writes = held.write_words();
    } else {
      line.set_epoch(task.epoch);
    }
  }
  uint32_t words(Kind kind) const { return kind == kWrite ? writes : reads; }
  void add(Line::Held& held, uint32_t words, Kind kind) const {
    held.set_filter(reads | words, kind == kWrite ? writes | words : writes);
    held.set_quiet(true);
  }
};

// Whether `next` stands for all of an earlier cell. Cells of unlike form are left to compact().
inline bool stands_for(const Cell& next, const Cell& earlier) {
  if (earlier.quarter != next.quarter || (earlier.bits & ~next.bits) != 0) return false;
  return (earlier.kind <= kAtomicWrite || earlier.kind == kFree) &&
         covers(static_cast<Kind>(next.kind), static_cast<Kind>(earlier.kind));
}

// Where the list ends without the cells at its end that `next` stands for.
inline Cell* end_before(const CellList& cells, const Cell& next) {
  Cell* end = cells.end();
  while (end != cells.begin() && stands_for(next, end[-1])) --end;
  return end;
}

// A line's state after a cell was added, and the bits of the cell that has its bits now.
struct Placed {
  Line::Held held;
  uint32_t bits;
};

// Adds the cell of a plain access of the running epoch.
Placed place(Line::Held held, Cell cell);

// Before an access of the running epoch is recorded in the line.
[[gnu::always_inline]] inline void note_record(Task& task, const Line& line) {
  if (!task.owns_epochs) own_epochs(task);
  task.note_record(address_of(line));
}

// As add_quietly(), for a plain access to whole words.
inline void add_words_quietly(Task& task, Line& line, Line::Held& held, uint32_t words, Kind kind, ContextId context,
                              Epoch owner) {
  const Filter filter(task, line, held, owner);
  const uint32_t need = words & ~filter.words(kind);
  filter.add(held, words, kind);
  if (need == 0) return;
  note_record(task, line);
  held = place(held, {task.epoch, context, static_cast<uint16_t>(need), kind, 0, 0, 1, 0}).held;
}

// And for one to bytes of one quarter of the line, bit i: byte i of the quarter.
inline Recorded add_bytes_quietly(Task& task, Line& line, Line::Held& held, uint32_t bytes, uint32_t quarter, Kind kind,
                                  ContextId context, Epoch owner) {
  const Filter filter(task, line, held, owner);
  const Cell cell = {
      task.epoch, context, static_cast<uint16_t>(bytes), kind, static_cast<uint8_t>((quarter + 1) & 7), 0, 1, 0};
  note_record(task, line);
  const Placed placed = place(held, cell);
  held = placed.held;
  const uint64_t known = static_cast<uint64_t>(placed.bits) << 16 * quarter;
  filter.add(held, words_filled(known), kind);
  return {known, kind == kWrite ? known : 0};
}

}  // namespace baton::detector
