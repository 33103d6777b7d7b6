// SPDX-License-Identifier: Apache-2.0
//
// Chains: the components of vector clocks, and who owned which epochs of them.
//
// A chain is a sequence of tasks. A task takes over a finished chain if it knows all of the chain's accesses that could
// still be met; only then is "same chain" the same as "ordered", which Task::knows() relies on. That is so
//   * if the clock it starts with knows the chain's last epoch, or
//   * if it knows the newest epoch of the chain that the shadow still named when it was last searched (collect.h): this
//     is how chains of tasks come back that nobody waited for, or that went on after their last release.
// Both tests are exact: nothing is lost by reuse.
//
// In the second case the new task knows the accesses, but not all that the old ones had learnt. So the rule "whoever
// knows an epoch knows all that its task knew" (task.h) does not hold for the older epochs any more: they lie below the
// chain's *barrier*, and what was published with them is looked at instead of being skipped.
#pragma once

#include <stdint.h>

#include "detector/src/clock.h"
#include "detector/src/epoch.h"

namespace baton::detector {

struct Task;

// Set in the ids of tasks that are threads of the program; the rest is the thread's number.
constexpr uint64_t kThreadBit = 1ull << 63;

// The task that made the accesses of an epoch, for reports. Kept as long as the shadow names such an epoch.
struct Owner {
  uint64_t task_id;
  uint64_t first_number : 63;  // it owns the epochs from here up to the next owner's first
  uint64_t finished : 1;
  uint32_t creation;  // context of its creation
  uint32_t previous;  // the chain's previous owner
};
static_assert(sizeof(Owner) == 24);

void init_chains();

// The first epoch of a task that starts with `clock`: on a finished chain that it may take over, or on a fresh one.
Epoch take_chain(const Clock& clock);
// The first epoch of a chain nobody used before.
Epoch fresh_chain();
// The task has ended: its chain can be taken over.
void leave_chain(Task& task);
// Before the first record of a task: remembers it as the owner of all its epochs.
void own_epochs(Task& task);

// The owner of an epoch found in the shadow.
Owner owner_of(Epoch epoch);

// Whether what was published as `epoch` is known to all who know the epoch: it is not below its chain's barrier.
bool stands_for_its_clock(Epoch epoch);

// Number of chains ever opened, and of owners that are kept.
uint32_t chain_count();
uint32_t owner_count();

// ---- For collect.cpp ----------------------------------------------------------------------------------------------

// An owner whose task has ended, as found by list_finished_owners.
struct FinishedOwner {
  Epoch first;  // of the epochs it owns
  uint32_t index;
  bool named;  // by the shadow; set by the caller
};

// Fills `list`, of owner_count() elements or more, and returns how many there are; unsorted.
uint32_t list_finished_owners(FinishedOwner* list, uint32_t room);
// For each of the first `count` chains: notes in `next` what the next owner would start with, 0 if the chain is in use.
void list_free_chains(uint64_t* next, uint32_t count);
// Gives back the owners that the shadow did not name after they were listed.
void forget_owners(const FinishedOwner* list, uint32_t count);
// named[i]: the largest number of chain i that the shadow named after the chain was listed as free.
void note_named(const uint64_t* next, const uint64_t* named, uint32_t count);

}  // namespace baton::detector
