// SPDX-License-Identifier: Apache-2.0
//
// Sync objects: addresses that carry a clock. The clock hangs in the shadow of the address, as a Cell of kind kSync,
// so it is found with one look at the line, needs no table of its own, and vanishes with the memory it stands for.
//
// The line's lock guards the clock: an atomic instruction and the change of its clock are one step (atomic.cpp).
#pragma once

#include <stdint.h>

#include "detector/src/access.h"
#include "detector/src/context.h"
#include "detector/src/shadow.h"
#include "detector/src/task.h"

namespace baton::detector {

void init_sync();

// The clock of the object at byte `offset` of a locked line; null if it has none and `create` is false.
Snapshot* sync_at(Line::Held& held, uintptr_t offset, bool create);

// An atomic access (kAtomicRead or kAtomicWrite) to the bytes `mask` of a locked line, as by visit(), unless the task
// ignores accesses.
void access_atomically(Task& task, Line& line, Line::Held& held, uint64_t mask, Kind kind, ContextId context,
                       Findings& findings);

// Gives back a clock whose entry is being removed.
void free_sync(uint32_t index);

// The clock that a runtime keeps as a number (race_hooks.h); made, if there is none yet.
Snapshot& clock_of(uint32_t* number);

// Clock operations of happens-before.md, on the object at `address`, for `task`.
void acquire(Task& task, uintptr_t address);
void release(Task& task, uintptr_t address);
void release_merge(Task& task, uintptr_t address);
void release_acquire(Task& task, uintptr_t address);

}  // namespace baton::detector
