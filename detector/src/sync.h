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
#include "detector/src/context.h"
#include "detector/src/mem.h"
#include "detector/src/shadow.h"
#include "detector/src/task.h"

namespace baton::detector {

void init_sync();

// The clock of an object, and what its newest user has in the shadow: operations on one object in a row, without an
// epoch of their own (task.h, invariant 4), need not look there.
struct alignas(64) SyncObject : Snapshot {
  uintptr_t address = 0;  // 0: it is gone
  Epoch recorded = 0;     // the line has atomic accesses of this epoch
  uint64_t read = 0;      // to these bytes, at least reads
  uint64_t written = 0;   // and to these, writes

  bool has(Epoch epoch, uint64_t mask, Kind kind) const {
    return recorded == epoch && (mask & ~(kind == kAtomicWrite ? written : read)) == 0;
  }
};

// The clock of the object at `address`, of which the line is locked; null if it has none and `create` is false.
SyncObject* sync_at(Line::Held& held, uintptr_t address, bool create);

// An atomic access (kAtomicRead or kAtomicWrite) to the bytes `mask` of a locked line, as by visit(), unless the task
// ignores accesses. `object`: the sync object that it is about; null if it has no clock yet.
void access_atomically(Task& task, Line& line, Line::Held& held, uint64_t mask, Kind kind, ContextId context,
                       Findings& findings, SyncObject* object);

// Whether every plain access to the n bytes at `address`, of which the line is locked, happens before what the task
// does next. False also if that is not clear at a glance.
bool knows_plain_accesses(const Task& task, const Line::Held& held, uintptr_t address, size_t n);

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
