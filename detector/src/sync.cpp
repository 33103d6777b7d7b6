// SPDX-License-Identifier: Apache-2.0

#include "detector/src/sync.h"

#include <new>

#include "detector/src/access_set.h"
#include "detector/src/quiet.h"
#include "detector/src/slow_calls.h"
#include "detector/src/visit.h"

namespace baton::detector {
namespace {

// Runs `body(object)` on the object's clock, under the lock of its line; not if there is none and `create` is false.
template <class Body>
void with_sync(uintptr_t address, bool create, Body body) {
  if (!is_application(address)) return;
  Line& line = line_of(address);
  if (!create && line.untouched()) return;
  touch_page(address);
  Line::Held held = line.lock();
  SyncObject* object = sync_at(held, address, create);
  if (object != nullptr) body(*object);
  line.unlock(held);
}

uint32_t new_object(uintptr_t address) {
  uint32_t index = sync_objects.alloc();
  new (&sync_objects[index]) SyncObject;
  sync_objects[index].address = address;
  return index;
}

}  // namespace

void init_sync() {
  sync_objects.init("clocks of sync objects");
  clocks.init("clocks of channels");
  init_atomic_accesses();
}

SyncObject* sync_at(Line::Held& held, uintptr_t address, bool create, uint64_t mask) {
  const uintptr_t offset = address % kLineBytes;
  CellList cells(held.cells());
  if (Cell* cell = sync_cell(cells, offset)) {
    cell->epoch |= mask;
    return &sync_object(*cell);
  }
  if (!create) return nullptr;
  const auto place = static_cast<uint16_t>(1u << offset % 16);
  const auto quarter = static_cast<uint8_t>(offset / 16 + 1);
  const Cell cell = {mask, new_object(address), place, kSync, static_cast<uint8_t>(quarter & 7), 0, 0, 0};
  cells.append(cell);
  cells.begin()->has_objects = 1;
  held.set_cells(cells.close());
  return &sync_object(cell);
}

bool knows_plain_accesses(const Task& task, const Line::Held& held, uint64_t mask, Kind kind) {
  const CellList cells(held.cells());
  for (const Cell& cell : cells) {
    if (cell.kind == kSync || (cell.kind & 2) != 0 || (cell.mask() & mask) == 0) continue;
    if (is_set(cell.kind)) return false;
    if (conflicts(kind, static_cast<Kind>(cell.kind)) && !task.knows(cell.epoch)) return false;
  }
  return true;
}

void access_atomically(Task& task, Line& line, Line::Held& held, uint64_t mask, Kind kind, LazyContext& context,
                       Findings& findings, SyncObject* object) {
  const uint32_t size = static_cast<uint32_t>(__builtin_popcountll(mask));
  if (is_alone() || task.ignore_depth != 0) return;
  if (object != nullptr && object->accesses.has(task.epoch, size, kind)) return;
  // A plain write of this epoch stands for it.
  if (line.epoch() == task.epoch && (words_touched(mask) & ~held.write_words()) == 0) return;
  count(SlowCall::sync_operations);
  Epoch owner;
  const bool is_known = knows_line(task, line, held, owner);
  // A second task comes: they may be many.
  if (object == nullptr && !is_known) {
    object = sync_at(held, address_of(line) + static_cast<uintptr_t>(__builtin_ctzll(mask)), true, mask);
  }
  const bool is_kept = object != nullptr && (is_known || knows_plain_accesses(task, held, mask, kind)) &&
                       object->accesses.add(task, size, kind, context.get());
  if (!is_kept) {
    visit(task, line, held, mask, kind, context.get(), findings);
    return;
  }
  note_record(task, line);
  if (!held.quiet()) return;
  // The line's invariant 4 holds for what is kept beside the list, too.
  if (!is_known) {
    // A list that is not quiet is compact: what is added to it takes the place of what it stands for.
    CellList cells(held.cells());
    compact(cells, nullptr);
    held.set_cells(cells.close());
    held.set_quiet(false);
  } else if (owner != task.epoch) {
    line.set_epoch(task.epoch);
    held.set_filter(0, 0);
  }
}

void free_sync(uint32_t index) {
  sync_objects[index].clear();
  sync_objects[index].accesses.clear();
  sync_objects[index].address = 0;
  sync_objects.free(index);
}

void make_clock(uint32_t* number) {
  *number = clocks.alloc();
  new (&clocks[*number]) Snapshot;
}

void free_clock(uint32_t number) {
  clocks[number].clear();
  clocks.free(number);
}

void acquire(Task& task, uintptr_t address) {
  if (task.ignore_sync != 0) return;
  with_sync(address, false, [&](Snapshot& object) { task.acquire_from(object); });
}

void release(Task& task, uintptr_t address) {
  if (task.ignore_sync != 0) return;
  with_sync(address, true, [&](Snapshot& object) { task.release_to(object); });
}

void release_merge(Task& task, uintptr_t address) {
  if (task.ignore_sync != 0) return;
  with_sync(address, true, [&](Snapshot& object) { task.merge_to(object); });
}

void release_acquire(Task& task, uintptr_t address) {
  if (task.ignore_sync != 0) return;
  with_sync(address, true, [&](Snapshot& object) { task.exchange_with(object); });
}

void acquire_lock(Task& task, uintptr_t address) {
  if (task.ignore_sync != 0) return;
  with_sync(address, false, [&](SyncObject& object) {
    if (task.released_unseen(object)) {
      task.continue_epoch();
    } else {
      task.acquire_from(object);
    }
  });
}

void release_lock(Task& task, uintptr_t address) {
  if (task.ignore_sync != 0) return;
  with_sync(address, true, [&](SyncObject& object) { task.release_again_to(object); });
}

}  // namespace baton::detector
