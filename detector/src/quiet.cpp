// SPDX-License-Identifier: Apache-2.0

#include "detector/src/quiet.h"

#include "detector/src/slow_calls.h"
#include "detector/src/sync.h"

namespace baton::detector {
namespace {

// The bytes of a cell, in the units of the two forms of compaction: words of the line if no cell is made of bytes, else
// bytes.
struct Words {
  static uint64_t of(const Cell& cell) { return cell.bits; }
  static bool set(Cell& cell, uint64_t mask) {
    cell.bits = static_cast<uint16_t>(mask);
    return true;
  }
};
struct Bytes {
  static uint64_t of(const Cell& cell) { return cell.mask(); }
  static bool set(Cell& cell, uint64_t mask) { return cell.set_mask(mask) == 0; }
};

// What the cells met so far, from the end of the list on, stand for.
class Later {
 public:
  // The bytes of an earlier access that need not be kept.
  uint64_t covers(uint8_t kind) const {
    uint64_t later = writes_;
    if (kind == kRead) later |= reads_;
    if ((kind & 2) != 0) later |= atomic_writes_;
    if (kind == kAtomicRead) later |= reads_ | atomic_reads_;
    return later;
  }
  void add(uint8_t kind, uint64_t mask) {
    if ((kind & 3) == kWrite) writes_ |= mask;
    if (kind == kRead) reads_ |= mask;
    if (kind == kAtomicRead) atomic_reads_ |= mask;
    if (kind == kAtomicWrite) atomic_writes_ |= mask;
  }

 private:
  uint64_t reads_ = 0, writes_ = 0, atomic_reads_ = 0, atomic_writes_ = 0;
};

template <class Unit>
void compact_by(CellList& cells, const Cell* next) {
  Later later;  // only of orderly cells
  if (next != nullptr && next->orderly != 0) later.add(next->kind, Unit::of(*next));
  Cell* const begin = cells.begin();
  Cell* const end = cells.end();
  Cell* to = end;
  for (Cell* from = end; from-- != begin;) {
    const uint8_t kind = from->kind;
    if (kind > kAtomicWrite && kind != kFree) {
      *--to = *from;
      continue;
    }
    const uint64_t mask = Unit::of(*from);
    const uint64_t left = mask & ~later.covers(kind);
    if (left == 0) continue;
    Cell cell = *from;
    // Bytes that one cell cannot hold stay.
    if (left != mask && !Unit::set(cell, left)) cell = *from;
    *--to = cell;
    if (cell.orderly != 0) later.add(kind, mask);
  }
  if (to == begin) return;
  Cell* place = begin;
  for (; to != end; ++to) *place++ = *to;
  cells.cut(place);
}

bool has_bytes(const CellList& cells) {
  for (const Cell& cell : cells) {
    if (cell.quarter != 0 && cell.kind != kSync) return true;
  }
  return false;
}

void make_room(CellList& cells, const Cell& next) {
  if (cells.count() != 0) compact(cells, &next);
  if (cells.is_crowded() || cells.is_full()) cells.enlarge();
}

// Adds `cell`, which is of the running epoch. Returns its bytes and those of the cell that took it in.
uint64_t put(CellList& cells, const Cell& cell, uint64_t mask) {
  Cell* end = end_before(cells, cell);
  cells.cut(end);
  while (end != cells.begin()) {
    --end;
    if (end->epoch != cell.epoch) break;
    if (end->context != cell.context || end->kind != cell.kind) continue;
    Cell joined = *end;
    const uint64_t bytes = joined.mask() | mask;
    if (joined.set_mask(bytes) != 0) break;
    *end = joined;
    return bytes;
  }
  if (cells.is_full()) make_room(cells, cell);
  cells.append(cell);
  return mask;
}

}  // namespace

void compact(CellList& cells, const Cell* next) {
  if (has_bytes(cells) || (next != nullptr && next->quarter != 0)) {
    compact_by<Bytes>(cells, next);
  } else {
    compact_by<Words>(cells, next);
  }
}

Placed place(Line::Held held, Cell cell) {
  CellList cells(held.cells());
  if (cells.count() != 0) {
    Cell* const begin = cells.begin();
    Cell* const end = end_before(cells, cell);
    for (Cell* last = end; last != begin;) {
      --last;
      if (last->epoch != cell.epoch) break;
      if (last->context == cell.context && last->kind == cell.kind && last->quarter == cell.quarter) {
        last->bits |= cell.bits;
        if (end != cells.end()) held.set_cells(cells.cut_at(end));
        return {held, last->bits};
      }
    }
    if (end != begin + cells.capacity()) {
      *end = cell;
      held.set_cells(cells.cut_at(end + 1));
      return {held, cell.bits};
    }
    make_room(cells, cell);
  }
  cells.append(cell);
  held.set_cells(cells.close());
  return {held, cell.bits};
}

Recorded add_quietly(Task& task, Line& line, Line::Held& held, uint64_t mask, Kind kind, ContextId context,
                     Epoch owner) {
  const bool is_plain = kind <= kWrite;
  const Filter filter(task, line, held, owner);
  uint64_t need = mask;
  if (is_plain) need &= ~bytes_of_words(filter.words(kind));
  uint64_t added = mask;
  if (need != 0) {
    note_record(task, line);
    CellList cells(held.cells());
    Cell cell = {task.epoch, context, 0, kind, 0, 0, 1, 0};
    for (uint64_t left = need; left != 0;) {
      const uint64_t rest = cell.set_mask(left);
      added |= put(cells, cell, left & ~rest);
      left = rest;
    }
    held.set_cells(cells.close());
  }
  const uint64_t plain = is_plain ? added : 0;
  const uint64_t written = kind == kWrite ? added : 0;
  filter.add(held, words_filled(plain), kind);
  return {bytes_of_words(filter.reads) | plain, bytes_of_words(filter.writes) | written};
}

void free_quietly(Task& task, Line& line, Line::Held& held, uint64_t mask, ContextId context, Epoch owner) {
  const Filter filter(task, line, held, owner);
  note_record(task, line);
  CellList cells(held.cells());
  // Of memory that is freed nothing needs to be told any more but that it was.
  const uint32_t words = words_filled(mask);
  Cell* to = cells.begin();
  for (const Cell& cell : cells) {
    const uint64_t kept = cell.quarter == 0 ? cell.bits & ~words : cell.bits & ~(mask >> 16 * (cell.quarter - 1u));
    if (cell.kind == kSync && (cell.mask() & mask) != 0) sync_object(cell).accesses.clear();
    if (kept != 0 || cell.kind == kSync) *to++ = cell;
  }
  cells.cut(to);
  Cell cell = {task.epoch, context, 0, kFree, 0, 0, 1, 0};
  for (uint64_t left = mask; left != 0;) {
    left = cell.set_mask(left);
    if (cells.is_full()) make_room(cells, cell);
    cells.append(cell);
  }
  cells.shrink();
  held.set_cells(cells.close());
  filter.add(held, 0, kFree);
}

}  // namespace baton::detector
