// SPDX-License-Identifier: Apache-2.0

#include "detector/src/sync.h"

#include <new>

#include "detector/src/access_set.h"
#include "detector/src/slow_calls.h"
#include "detector/src/visit.h"

namespace baton::detector {
namespace {

constinit Pool<SyncObject, (1u << 27)> objects;

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
  uint32_t index = objects.alloc();
  new (&objects[index]) SyncObject;
  objects[index].address = address;
  return index;
}

}  // namespace

void init_sync() {
  objects.init("clocks of sync objects");
  clocks.init("clocks of channels");
}

SyncObject* sync_at(Line::Held& held, uintptr_t address, bool create) {
  const uintptr_t offset = address % kLineBytes;
  Cell wanted = {0, 0, static_cast<uint16_t>(1u << offset % 16), kSync, static_cast<uint8_t>((offset / 16 + 1) & 7),
                 0, 0};
  CellList cells(held.cells());
  for (const Cell& cell : cells) {
    if (cell.kind == kSync && cell.bits == wanted.bits && cell.quarter == wanted.quarter) {
      return &objects[cell.context];
    }
  }
  if (!create) return nullptr;
  wanted.context = new_object(address);
  cells.append(wanted);
  held.set_cells(cells.close());
  return &objects[wanted.context];
}

void access_atomically(Task& task, Line& line, Line::Held& held, uint64_t mask, Kind kind, ContextId context,
                       Findings& findings, SyncObject* object) {
  if (is_alone() || task.ignore_depth != 0 || (object != nullptr && object->has(task.epoch, mask, kind))) return;
  // A plain write of this epoch stands for it.
  if (line.epoch() != task.epoch || (words_touched(mask) & ~held.write_words()) != 0) {
    count(SlowCall::sync_operations);
    visit(task, line, held, mask, kind, context, findings);
  }
  if (object == nullptr) return;
  if (object->recorded != task.epoch) object->read = object->written = 0;
  object->recorded = task.epoch;
  object->read |= mask;
  if (kind == kAtomicWrite) object->written |= mask;
}

bool knows_plain_accesses(const Task& task, const Line::Held& held, uintptr_t address, size_t n) {
  const uintptr_t offset = address % kLineBytes;
  if (offset + n > kLineBytes) return false;
  const uint64_t mask = byte_mask(offset, n);
  const CellList cells(held.cells());
  for (const Cell& cell : cells) {
    const bool is_access = cell.kind != kSync && (cell.kind & 2) == 0;
    if (!is_access || (cell.mask() & mask) == 0) continue;
    if (is_set(cell.kind) || !task.knows(cell.epoch)) return false;
  }
  return true;
}

void free_sync(uint32_t index) {
  objects[index].clear();
  objects[index].address = 0;
  objects[index].recorded = 0;
  objects.free(index);
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
