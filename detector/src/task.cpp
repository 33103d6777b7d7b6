// SPDX-License-Identifier: Apache-2.0

#include "detector/src/task.h"

#include <new>

#include "detector/src/access.h"
#include "detector/src/chain.h"
#include "detector/src/mem.h"

namespace baton::detector {
namespace {

using TaskPool = Pool<Task, (1u << 26)>;
constinit TaskPool tasks;

uint32_t index_of(Task* task) { return static_cast<uint32_t>(task - &tasks[0]); }

// Adds the origin of a snapshot to its clock, so that another clock can be merged in.
void fold_origin(Snapshot& snapshot) {
  if (snapshot.origin == 0) return;
  snapshot.clock.set(chain_of(snapshot.origin), number_of(snapshot.origin));
  snapshot.origin = 0;
}

}  // namespace

void init_tasks() { tasks.init("tasks"); }

Epoch Task::publish() {
  if (!recorded && !learnt) return epoch - 1;
  Epoch published = epoch;
  recorded = false;
  recorded_outside = false;
  learnt = false;
  if (number_of(epoch) == kMaxEpochNumber) {
    renew_chain();
  } else {
    ++epoch;
  }
  if (current_task == this) __baton_epoch = epoch;
  return published;
}

void Task::renew_chain() {
  clock.set(chain_of(epoch), number_of(epoch));
  epoch = fresh_chain();
  learnt = true;
  owns_epochs = false;
}

void Task::release_to(Snapshot& snapshot) {
  Epoch mine = publish();
  if (snapshot.origin == mine) return;
  snapshot.clock.assign(clock);
  snapshot.origin = mine;
}

void Task::merge_to(Snapshot& snapshot) {
  Epoch mine = publish();
  if (snapshot.origin == mine) return;
  if (snapshot.empty() || (snapshot.origin != 0 && knows(snapshot.origin))) {
    snapshot.clock.assign(clock);
    snapshot.origin = mine;
    return;
  }
  fold_origin(snapshot);
  if (inherited == 0 || snapshot.clock.get(chain_of(inherited)) < number_of(inherited)) snapshot.clock.join(clock);
  if (snapshot.clock.get(chain_of(mine)) < number_of(mine)) snapshot.clock.set(chain_of(mine), number_of(mine));
}

void Task::acquire_from(const Snapshot& snapshot) {
  if (snapshot.origin != 0 && knows(snapshot.origin)) return;
  bool changed = clock.join(snapshot.clock);
  if (snapshot.origin != 0) {
    clock.set(chain_of(snapshot.origin), number_of(snapshot.origin));
    changed = true;
  }
  if (changed) {
    learnt = true;
    inherited = 0;
  }
}

Task* new_task(Task* creator, uint64_t id, uint32_t creation) {
  Task* task = new (&tasks[tasks.alloc()]) Task;
  task->id = id;
  task->creation = creation;
  if (creator != nullptr) {
    task->creator = creator->id;
    task->inherited = creator->publish();
    task->clock.assign(creator->clock);
    task->clock.set(chain_of(task->inherited), number_of(task->inherited));
  }
  task->epoch = take_chain(task->clock);
  return task;
}

void end_task(Task* task) {
  leave_chain(*task);
  task->clock.clear();
  task->fence_release.clear();
  task->fence_acquire.clear();
  tasks.free(index_of(task));
}

}  // namespace baton::detector
