// SPDX-License-Identifier: Apache-2.0

#include "detector/src/quiet.h"

#include "detector/src/chain.h"
#include "detector/src/slow_calls.h"

namespace baton::detector {

uint32_t compact(CellList& cells, uint32_t count) {
  uint64_t reads = 0, writes = 0, atomic_reads = 0, atomic_writes = 0;  // of orderly cells, from the end on
  Cell* const begin = cells.begin();
  Cell* to = begin + count;
  for (Cell* from = to; from-- != begin;) {
    const uint8_t kind = from->kind;
    if (kind > kAtomicWrite && kind != kFree) {
      *--to = *from;
      continue;
    }
    const uint64_t mask = from->mask();
    uint64_t later = writes;
    if (kind == kRead) later |= reads;
    if ((kind & 2) != 0) later |= atomic_writes;
    if (kind == kAtomicRead) later |= reads | atomic_reads;
    const uint64_t left = mask & ~later;
    if (left == 0) continue;
    Cell cell = *from;
    // Bytes that one cell cannot hold stay.
    if (left != mask && cell.set_mask(left) != 0) cell = *from;
    *--to = cell;
    if (cell.orderly == 0) continue;
    if ((kind & 3) == kWrite) writes |= mask;
    if (kind == kRead) reads |= mask;
    if (kind == kAtomicRead) atomic_reads |= mask;
    if (kind == kAtomicWrite) atomic_writes |= mask;
  }
  if (to == begin) return count;
  Cell* end = begin;
  for (Cell* const limit = begin + count; to != limit; ++to) *end++ = *to;
  const uint32_t kept = static_cast<uint32_t>(end - begin);
  cells.cut(kept);
  return kept;
}

namespace {

uint32_t put(CellList& cells, const Cell& cell, uint32_t count) {
  if (cells.is_full(count) && count != 0) {
    count = compact(cells, count);
    if (cells.is_crowded(count)) cells.enlarge(count);
  }
  cells.append(cell, count);
  return count + 1;
}

// Adds `cell`, which is of the running epoch. Returns its bytes and those of the cell that took it in.
inline uint64_t add(CellList& cells, const Cell& cell, uint64_t mask, uint32_t& count) {
  Cell* const limit = cells.limit();
  Cell* same = nullptr;     // as `cell`, but of an older epoch
  Cell* current = nullptr;  // of this epoch, and by the same call
  Cell* end = cells.begin();
  for (; end != limit && end->bits != 0; ++end) {
    if (end->context != cell.context || end->kind != cell.kind) continue;
    if (end->epoch == cell.epoch) {
      current = end;
    } else if (end->repeats(cell)) {
      same = end;
    }
  }
  count = static_cast<uint32_t>(end - cells.begin());
  if (current != nullptr) {
    Cell joined = *current;
    const uint64_t bytes = joined.mask() | mask;
    if (joined.set_mask(bytes) == 0) {
      *current = joined;
      return bytes;
    }
  } else if (same != nullptr) {
    for (; same + 1 != end; ++same) *same = same[1];
    *same = cell;
    return mask;
  }
  count = put(cells, cell, count);
  return mask;
}

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
  void add(Line::Held& held, uint32_t words, Kind kind) const {
    held.set_filter(reads | words, kind == kWrite ? writes | words : writes);
    held.set_quiet(true);
  }
};

// Of memory that is freed nothing needs to be told any more but that it was.
void drop_freed(CellList& cells, uint64_t mask) {
  Cell* to = cells.begin();
  for (Cell* from = to; from != cells.limit() && from->bits != 0; ++from) {
    const bool is_access = from->kind <= kAtomicWrite || from->kind == kFree;
    if (is_access && (from->mask() & ~mask) == 0) continue;
    if (to != from) *to = *from;
    ++to;
  }
  cells.cut(static_cast<uint32_t>(to - cells.begin()));
}

}  // namespace

Recorded add_quietly(Task& task, Line& line, Line::Held& held, uint64_t mask, Kind kind, ContextId context,
                     Epoch owner) {
  count(SlowCall::others_added);
  const bool is_plain = kind <= kWrite;
  const Filter filter(task, line, held, owner);
  uint64_t need = mask;
  if (is_plain) need &= ~bytes_of_words(kind == kWrite ? filter.writes : filter.reads);
  uint64_t added = mask;
  if (need != 0) {
    if (!task.owns_epochs) own_epochs(task);
    task.note_record(address_of(line));
    CellList cells(held.block());
    uint32_t count = 0;
    if (kind == kFree) drop_freed(cells, mask);
    Cell cell = {task.epoch, context, 0, kind, 0, 0, 1};
    const uint64_t rest = cell.set_mask(need);
    added |= add(cells, cell, need & ~rest, count);
    for (uint64_t left = rest; left != 0; count = put(cells, cell, count)) left = cell.set_mask(left);
    held.set_block(cells.block());
  }
  const uint64_t plain = is_plain ? added : 0;
  const uint64_t written = kind == kWrite ? added : 0;
  filter.add(held, words_filled(plain), kind);
  return {bytes_of_words(filter.reads) | plain, bytes_of_words(filter.writes) | written};
}

namespace {

// Adds a plain access, whose bits and quarter `cell` has. Returns the bits of the cell that has them now.
inline uint32_t add_bits(Task& task, Line& line, Line::Held& held, const Cell& cell) {
  if (!task.owns_epochs) own_epochs(task);
  task.note_record(address_of(line));
  CellList cells(held.block());
  Cell* const limit = cells.limit();
  Cell* same = nullptr;  // as `cell`, but of an older epoch
  Cell* end = cells.begin();
  for (; end != limit && end->bits != 0; ++end) {
    if (end->context != cell.context || end->kind != cell.kind || end->quarter != cell.quarter) continue;
    if (end->epoch == cell.epoch) return end->bits |= cell.bits;
    if (end->bits == cell.bits && end->orderly != 0) same = end;
  }
  if (same != nullptr) {
    for (; same + 1 != end; ++same) *same = same[1];
    *same = cell;
  } else {
    put(cells, cell, static_cast<uint32_t>(end - cells.begin()));
    held.set_block(cells.block());
  }
  return cell.bits;
}

}  // namespace

void add_words_quietly(Task& task, Line& line, Line::Held& held, uint32_t words, Kind kind, ContextId context,
                       Epoch owner) {
  const Filter filter(task, line, held, owner);
  const uint32_t need = words & ~(kind == kWrite ? filter.writes : filter.reads);
  filter.add(held, words, kind);
  if (need != 0) add_bits(task, line, held, {task.epoch, context, static_cast<uint16_t>(need), kind, 0, 0, 1});
}

uint64_t add_bytes_quietly(Task& task, Line& line, Line::Held& held, uint32_t bytes, uint32_t quarter, Kind kind,
                           ContextId context, Epoch owner) {
  const Filter filter(task, line, held, owner);
  const uint8_t number = static_cast<uint8_t>((quarter + 1) & 7);
  const Cell cell = {task.epoch, context, static_cast<uint16_t>(bytes), kind, number, 0, 1};
  const uint64_t known = static_cast<uint64_t>(add_bits(task, line, held, cell)) << 16 * quarter;
  filter.add(held, words_filled(known), kind);
  return known;
}

}  // namespace baton::detector
