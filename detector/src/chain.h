// SPDX-License-Identifier: Apache-2.0
//
// Chains: the components of vector clocks, and who owned which epochs of them.
//
// A chain is a sequence of tasks, each of which starts after the end of the one before it in happens-before. A new task
// takes over a finished chain if the clock it starts with knows the chain's last epoch; only then is "same chain" the
// same as "ordered", which Task::knows() relies on. That test is exact: nothing is lost by reuse.
//
// What a task did after its last release is known to nobody, so such a chain can never be taken over. The exception is
// what it did on its own stack alone, in the code that ends a goroutine: those records vanish with the stack, and only
// a use of the dead stack, by a pointer that outlived it, could still have met them.
#pragma once

#include <stdint.h>

#include "detector/src/clock.h"
#include "detector/src/epoch.h"

namespace baton::detector {

struct Task;

// Set in the ids of tasks that are threads of the program; the rest is the thread's number.
constexpr uint64_t kThreadBit = 1ull << 63;

// The task that made the accesses of an epoch, for reports. Kept for ever: the shadow may name the epoch at any time.
struct Owner {
  uint64_t task_id;
  uint64_t first_number : 63;  // it owns the epochs from here up to the next owner's first
  uint64_t finished : 1;
  uint32_t creation;  // context of its creation
  uint32_t previous;  // the chain's previous owner
};
static_assert(sizeof(Owner) == 24);

void init_chains();

// The first epoch of a task that starts with `clock`: on a finished chain which `clock` covers, or on a fresh one.
Epoch take_chain(const Clock& clock);
// The first epoch of a chain nobody used before.
Epoch fresh_chain();
// The task has ended: its chain can be taken over.
void leave_chain(Task& task);
// Before the first record of a task: remembers it as the owner of its epochs from the current one on.
void own_epochs(Task& task);

// The owner of an epoch found in the shadow.
Owner owner_of(Epoch epoch);

// Number of chains ever opened.
uint32_t chain_count();

}  // namespace baton::detector
