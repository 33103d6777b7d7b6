// SPDX-License-Identifier: Apache-2.0

#include "detector/src/sync.h"

#include <new>

#include "detector/src/slow_calls.h"
#include "detector/src/visit.h"

namespace baton::detector {
namespace {

constinit Pool<Snapshot, (1u << 27)> snapshots;

// Runs `body(snapshot)` on the object's clock, under the lock of its line; not if there is none and `create` is false.
template <class Body>
void with_sync(uintptr_t address, bool create, Body body) {
  if (!is_application(address)) return;
  Line& line = line_of(address);
  if (!create && line.untouched()) return;
  touch_page(address);
  Line::Held held = line.lock();
  Snapshot* snapshot = sync_at(held, address % kLineBytes, create);
  if (snapshot != nullptr) body(*snapshot);
  line.unlock(held);
}

uint32_t new_snapshot() {
  uint32_t index = snapshots.alloc();
  new (&snapshots[index]) Snapshot;
  return index;
}

}  // namespace

void init_sync() { snapshots.init("clocks of sync objects"); }

Snapshot* sync_at(Line::Held& held, uintptr_t offset, bool create) {
  Cell wanted = {0, 0, static_cast<uint16_t>(1u << offset % 16), kSync, static_cast<uint8_t>((offset / 16 + 1) & 7),
                 0, 0};
  CellList cells(held.cells());
  for (const Cell* cell = cells.begin(); cell != cells.end(); ++cell) {
    if (cell->kind == kSync && cell->bits == wanted.bits && cell->quarter == wanted.quarter) {
      return &snapshots[cell->context];
    }
  }
  if (!create) return nullptr;
  wanted.context = new_snapshot();
  cells.append(wanted);
  held.set_cells(cells.close());
  return &snapshots[wanted.context];
}

void access_atomically(Task& task, Line& line, Line::Held& held, uint64_t mask, Kind kind, ContextId context,
                       Findings& findings) {
  count(SlowCall::sync_operations);
  if (task.ignore_depth == 0) visit(task, line, held, mask, kind, context, findings);
}

void free_sync(uint32_t index) {
  snapshots[index].clear();
  snapshots.free(index);
}

Snapshot& clock_of(uint32_t* number) {
  if (*number == 0) *number = new_snapshot();
  return snapshots[*number];
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

}  // namespace baton::detector
