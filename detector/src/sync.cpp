// SPDX-License-Identifier: Apache-2.0

#include "detector/src/sync.h"

#include <new>

#include "detector/src/access_set.h"
#include "detector/src/chain.h"

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
  for (uint32_t before = 0, i = held.head(); i != 0; before = i, i = entries[i].next) {
    if (entries[i].kind != kSync || entries[i].mask != mask) continue;
    if (before != 0) {  // to the head: it is looked for more often than anything else of the line
      entries[before].next = entries[i].next;
      entries[i].next = held.head();
      held.set_head(i);
    }
    return &snapshots[entries[i].context];
  }
  if (!create) return nullptr;
  uint32_t snapshot = new_snapshot();
  uint32_t index = entries.alloc();
  entries[index] = {mask, 0, snapshot, held.head(), kSync};
  held.set_head(index);
  return &snapshots[snapshot];
}

namespace {

void unlink(Line::Held& held, uint32_t i, uint32_t before) {
  if (before == 0) {
    held.set_head(entries[i].next);
  } else {
    entries[before].next = entries[i].next;
  }
  entries.free(i);
}

// The rule of access.h for an atomic access that meets whole entries only, none of which races with it. false:
// access_locked() has to do it; it finds nothing undone that it would not do itself. The filter stays: what it says of
// an epoch is as true as before.
bool meet_atomically(Task& task, Line& line, Line::Held& held, uint64_t mask, Kind kind, ContextId context) {
  bool is_recorded = false;  // by an entry of this epoch
  uint32_t past = 0;         // an entry that this access stands for from now on
  uint32_t before_past = 0;
  int crowd = 0;
  for (uint32_t before = 0, next = 0, i = held.head(); i != 0; i = next) {
    const Entry& entry = entries[i];
    next = entry.next;
    const Kind its_kind = static_cast<Kind>(entry.kind);
    if ((entry.mask & mask) != 0 && its_kind != kSync) {
      const bool is_now = entry.epoch == task.epoch;
      if (is_set(entry.kind) || (is_now && (mask & ~entry.mask) != 0)) return false;
      const bool is_ordered = chain_of(entry.epoch) == chain_of(task.epoch) || task.knows(entry.epoch);
      if (is_now && covers(its_kind, kind)) {
        is_recorded = true;
      } else if (!is_ordered) {
        if (conflicts(its_kind, kind)) return false;
        if (its_kind == kind) ++crowd;
      } else if (covers(kind, its_kind)) {
        if ((entry.mask & ~mask) != 0) return false;
        if (past != 0) {
          unlink(held, i, before);
          continue;
        }
        past = i;
        before_past = before;
      }
    }
    before = i;
  }
  if (is_recorded) {
    if (past != 0) unlink(held, past, before_past);
    return true;
  }
  if (past == 0) {
    if (crowd >= kSetThreshold) return false;
    past = entries.alloc();
    entries[past].next = held.head();
    held.set_head(past);
  }
  entries[past] = {mask, task.epoch, context, entries[past].next, kind};
  if (!task.owns_epochs) own_epochs(task);
  task.note_record(address_of(line));
  return true;
}

}  // namespace

void access_atomically(Task& task, Line& line, Line::Held& held, uint64_t mask, Kind kind, ContextId context,
                       Findings& findings) {
  if (task.ignore_depth != 0 || meet_atomically(task, line, held, mask, kind, context)) return;
  access_locked(task, line, held, mask, kind, context, findings);
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
