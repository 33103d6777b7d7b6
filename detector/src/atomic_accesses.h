// SPDX-License-Identifier: Apache-2.0
//
// The atomic accesses to a sync object: they are kept beside its clock, and not among the cells of its line. They can
// race with plain accesses only, which hardly ever come to such bytes. So those who work with a lock or an atomic
// variable, each time in a new epoch, put one access in the place of an older one, and nobody has to walk over them.
//
// Rules:
//  1. What is kept is what the cells would keep: an access goes only for a later one that stands for it, by somebody
//     who knows it.
//  2. Before a plain access to one of the bytes is compared with what is in the line, the atomic ones move into the
//     cells (settle()). So does an access that finds no room. A task that knows all of a quiet line (shadow.h,
//     invariant 4) knows these too, and compares nothing.
//  3. All is guarded by the lock of the object's line, but has(): it may be asked by whoever holds the lock that the
//     object is about. Only a plain access beside that lock, which is a race, can change anything then, and it takes
//     no access away.
#pragma once

#include <stdint.h>

#include "detector/src/cell.h"
#include "detector/src/cell_store.h"
#include "detector/src/context.h"
#include "detector/src/epoch.h"
#include "detector/src/task.h"

namespace baton::detector {

struct AtomicAccess {
  Epoch epoch;
  ContextId context;
  uint8_t size;  // bytes from the object's address on, all in one line
  uint8_t kind;  // kAtomicRead or kAtomicWrite
};

class AtomicAccesses {
 public:
  static constexpr uint32_t kFew = 3;    // held here
  static constexpr uint32_t kMore = 16;  // in a block of their own: the readers of an RWMutex, say

  // Whether an access of this epoch stands for one to `size` bytes.
  bool has(Epoch epoch, uint32_t size, Kind kind) const {
    if (count_ == 0) return false;
    if (stands_for(few_[0], epoch, size, kind)) return true;
    return count_ > 1 && has_among_others(epoch, size, kind);
  }
  // Adds one of the task's current epoch, which has none that stands for it. False: there is no room.
  bool add(const Task& task, uint32_t size, Kind kind, ContextId context);
  // Whether all happen before what the task does next.
  bool are_known(const Task& task) const;
  // Whether one of them touches these bytes of the line; the object is at byte `offset` of it.
  bool touch(uintptr_t offset, uint64_t mask) const;
  // Moves all into the cells of the line.
  void settle(uintptr_t offset, CellList& cells);
  void clear();

  template <class Visit>
  void for_each(Visit visit) const {
    for (uint32_t i = 0; i < count_; ++i) visit(at(i));
  }

 private:
  static bool stands_for(const AtomicAccess& access, Epoch epoch, uint32_t size, Kind kind) {
    return access.epoch == epoch && access.size >= size && (kind == kAtomicRead || access.kind == kAtomicWrite);
  }
  bool has_among_others(Epoch epoch, uint32_t size, Kind kind) const;
  AtomicAccess* more() const;
  const AtomicAccess& at(uint32_t i) const { return i < kFew ? few_[i] : more()[i - kFew]; }
  AtomicAccess& at(uint32_t i) { return i < kFew ? few_[i] : more()[i - kFew]; }
  [[gnu::always_inline]] AtomicAccess* place_for(const Task& task, uint32_t size, Kind kind);

  AtomicAccess few_[kFew];  // the newest comes first
  uint32_t count_ = 0;
  uint32_t more_ = 0;  // of the pool; 0: none
};

void init_atomic_accesses();

}  // namespace baton::detector
