// SPDX-License-Identifier: Apache-2.0

#include "detector/src/read_shared.h"

#include "detector/src/access_set.h"
#include "detector/src/quiet.h"
#include "detector/src/shared_readers.h"
#include "detector/src/slow_calls.h"
#include "detector/src/sync.h"

namespace baton::detector {
namespace {

bool is_write(const Cell& cell) { return (cell.kind & 1) != 0; }

// Takes the `index`th cell out of a list in which places do not matter.
void remove(CellList& cells, uint32_t index) {
  Cell& cell = cells.begin()[index];
  const uint8_t writes_known = cell.writes_known;
  const uint8_t has_objects = cell.has_objects;
  cell = cells.end()[-1];
  cell.writes_known = writes_known;
  cell.has_objects = has_objects;
  cells.cut(cells.count() - 1);
}

// Whether there are atomic accesses to these bytes beside the list.
bool is_atomic(const CellList& cells, uint64_t mask) {
  for (const Cell& cell : cells) {
    if (cell.kind != kSync || (cell.epoch & mask) == 0) continue;
    if (sync_object(cell).accesses.touch(static_cast<uintptr_t>(__builtin_ctzll(cell.mask())), mask)) return true;
  }
  return false;
}

}  // namespace

bool knows_writes(Task& task, const CellList& cells) {
  const Cell& first = *cells.begin();
  return first.writes_known != 0 && (!is_write(first) || knows_all_of(task, first.epoch));
}

void mark_writes(CellList& cells) {
  Cell* last = nullptr;
  bool has_objects = false;
  for (Cell& cell : cells) {
    if (is_set(cell.kind)) return;
    has_objects |= cell.kind == kSync;
    if (!is_write(cell)) continue;
    if (last == nullptr || cell.orderly != 0) {
      last = &cell;
    } else if (chain_of(cell.epoch) != chain_of(last->epoch)) {
      return;
    } else if (cell.epoch > last->epoch) {
      last = &cell;
    }
  }
  for (Cell& cell : cells) cell.orderly = 0;
  Cell* const first = cells.begin();
  if (last != nullptr && last != first) {
    const Cell other = *first;
    *first = *last;
    *last = other;
  }
  first->writes_known = 1;
  first->has_objects = has_objects;
}

bool read_shared(Task& task, Line& line, Line::Held& held, uint32_t words, ContextId context, Recorded& recorded) {
  CellList cells(held.cells());
  if (cells.count() >= kSetThreshold || !knows_writes(task, cells)) return false;
  if (cells.begin()->has_objects != 0 && is_atomic(cells, bytes_of_words(words))) return false;
  count(SlowCall::shared_reads);
  const uint32_t chain = chain_of(task.epoch);
  uint32_t read = 0;  // by this epoch
  uint32_t written = 0;
  Cell* mine = nullptr;  // of this epoch and context
  for (uint32_t i = 0; i < cells.count();) {
    Cell& cell = cells.begin()[i++];
    if (chain_of(cell.epoch) != chain || cell.kind == kSync) continue;
    const bool now = cell.epoch == task.epoch;
    if (now && cell.kind == kWrite) {
      if (cell.quarter == 0) written |= cell.bits;
    } else if (now && cell.kind == kRead) {
      if (cell.quarter == 0) read |= cell.bits;
      if (cell.quarter == 0 && cell.context == context) mine = &cell;
    } else if (!is_write(cell)) {
      const uint32_t touched = cell.quarter == 0 ? cell.bits : words_filled(cell.mask());
      if ((touched & words) == 0) continue;
      const uint64_t left = cell.mask() & ~bytes_of_words(words);
      if (left == 0) {
        remove(cells, --i);
      } else if (cell.quarter == 0) {
        cell.bits = static_cast<uint16_t>(cell.bits & ~words);
      }
    }
  }
  const uint32_t need = words & ~(read | written);
  if (need != 0) {
    note_record(task, line);
    if (mine != nullptr) {
      mine->bits = static_cast<uint16_t>(mine->bits | need);
    } else {
      cells.append({task.epoch, context, static_cast<uint16_t>(need), kRead, 0, 0, 0, 0});
    }
  }
  held.set_cells(cells.close());
  const uint32_t known = read | written | words;
  const uint64_t tag = tag_after_read(task, line.epoch(), need == 0, words, known);
  line.set_epoch(tag != 0 ? tag : task.epoch);
  held.set_filter(tag != 0 ? 0 : known, tag != 0 ? 0 : written);
  recorded = {bytes_of_words(known), bytes_of_words(written)};
  return true;
}

}  // namespace baton::detector
