// SPDX-License-Identifier: Apache-2.0

#include "detector/src/sync.h"

#include <new>

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
  uint64_t mask = byte_mask(offset, 1);
  for (uint32_t i = held.head(); i != 0; i = entries[i].next) {
    if (entries[i].kind == kSync && entries[i].mask == mask) return &snapshots[entries[i].context];
  }
  if (!create) return nullptr;
  uint32_t snapshot = new_snapshot();
  uint32_t index = entries.alloc();
  entries[index] = {mask, 0, snapshot, held.head(), kSync};
  held.set_head(index);
  return &snapshots[snapshot];
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
