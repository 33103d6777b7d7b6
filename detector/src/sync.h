// SPDX-License-Identifier: Apache-2.0
//
// Sync objects: addresses that carry a clock. The clock hangs in the shadow of the address, as a Cell of kind kSync,
// so it is found with one look at the line, needs no table of its own, and vanishes with the memory it stands for.
//
// The line's lock guards the clock: an atomic instruction and the change of its clock are one step (atomic.cpp). The
// clock of a lock is also guarded by that lock: who holds it alone may use the clock without the line's (hooks.cpp).
#pragma once

#include <stdint.h>

#include "detector/src/access.h"
#include "detector/src/atomic_accesses.h"
#include "detector/src/context.h"
#include "detector/src/mem.h"
#include "detector/src/shadow.h"
#include "detector/src/task.h"

namespace baton::detector {

void init_sync();

// The clock of an object, and the atomic accesses to it.
struct alignas(64) SyncObject : Snapshot {
  uintptr_t address = 0;  // 0: it is gone
  AtomicAccesses accesses;
};
static_assert(sizeof(SyncObject) == 128);

// The objects; and the one that a Cell of kind kSync names.
inline constinit Pool<SyncObject, (1u << 27)> sync_objects;
inline SyncObject& sync_object(const Cell& cell) { return sync_objects[cell.context]; }

// The object at `address`, of which the line is locked; null if there is none and `create` is false. `mask`: the bytes
// of the line that an access beside the list is going to touch.
SyncObject* sync_at(Line::Held& held, uintptr_t address, bool create, uint64_t mask = 0);

// The cell of the object at byte `offset` of the line; null: there is none.
inline Cell* sync_cell(const CellList& cells, uintptr_t offset) {
  const uint32_t bits = 1u << offset % 16;
  const uint32_t quarter = static_cast<uint32_t>(offset / 16 + 1);
  for (Cell& cell : cells) {
    if (cell.kind == kSync && cell.bits == bits && cell.quarter == quarter) return &cell;
  }
  return nullptr;
}

// An atomic access (kAtomicRead or kAtomicWrite) to the bytes `mask` of a locked line, as by visit(), unless the task
// ignores accesses. `object`: the sync object whose bytes they are; null if they have none. It may get one.
void access_atomically(Task& task, Line& line, Line::Held& held, uint64_t mask, Kind kind, LazyContext& context,
                       Findings& findings, SyncObject* object);

// Whether every plain access to the bytes `mask` of a locked line that conflicts with an atomic one of this kind
// happens before what the task does next. False also if that is not clear at a glance.
bool knows_plain_accesses(const Task& task, const Line::Held& held, uint64_t mask, Kind kind);

// Gives back a clock whose entry is being removed.
void free_sync(uint32_t index);

// The clock that a runtime keeps as a number (race_hooks.h); made, if there is none yet. Each has a cache line of its
// own, so that the two ends of a channel can work on two of them at the same time.
inline constinit Pool<Snapshot, (1u << 27)> clocks;
static_assert(sizeof(Snapshot) == 64);
void make_clock(uint32_t* number);
void free_clock(uint32_t number);
inline Snapshot& clock_of(uint32_t* number) {
  if (*number == 0) make_clock(number);
  return clocks[*number];
}

// Clock operations of happens-before.md, on the object at `address`, for `task`.
void acquire(Task& task, uintptr_t address);
void release(Task& task, uintptr_t address);
void release_merge(Task& task, uintptr_t address);
void release_acquire(Task& task, uintptr_t address);
// Acquire and release by a task that holds a lock alone in between (task.h, invariant 4).
void acquire_lock(Task& task, uintptr_t address);
void release_lock(Task& task, uintptr_t address);

}  // namespace baton::detector
