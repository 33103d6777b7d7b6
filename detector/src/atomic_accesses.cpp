// SPDX-License-Identifier: Apache-2.0

#include "detector/src/atomic_accesses.h"

#include "detector/src/access_set.h"
#include "detector/src/mem.h"

namespace baton::detector {
namespace {

struct Block {
  AtomicAccess accesses[AtomicAccesses::kMore];
};
constinit Pool<Block, 1u << 24> blocks;

bool may_replace(uint32_t size, Kind kind, const AtomicAccess& earlier) {
  return earlier.size <= size && covers(kind, static_cast<Kind>(earlier.kind));
}

// Adds an access to the cells, and takes away one of the same chain that it stands for.
void add_to_cells(const AtomicAccess& access, uint64_t mask, CellList& cells) {
  const Kind kind = static_cast<Kind>(access.kind);
  for (Cell& cell : cells) {
    if (is_set(cell.kind)) {
      if (member_kind(cell.kind) != kind) continue;
      AccessSet& set = set_at(cell.context);
      set.for_chain(chain_of(access.epoch), [&](Member& own) {
        if (own.epoch < access.epoch) own.mask &= ~mask;
      });
      set.add(access.epoch, access.context, mask);
      cell.bits |= static_cast<uint16_t>(words_touched(mask));
      return;
    }
    const bool is_own = cell.kind <= kAtomicWrite && chain_of(cell.epoch) == chain_of(access.epoch);
    if (!is_own || cell.epoch >= access.epoch || !covers(kind, static_cast<Kind>(cell.kind))) continue;
    if ((cell.mask() & ~mask) != 0) continue;
    Cell newer = {access.epoch, access.context, 0, access.kind, 0, cell.writes_known, 0, cell.has_objects};
    if (newer.set_mask(mask) != 0) continue;
    cell = newer;
    return;
  }
  append_bytes(cells, {access.epoch, access.context, 0, access.kind, 0, 0, 0, 0}, mask);
}

// Adds an empty set of this kind to the list, if it has none.
void make_set(Kind kind, CellList& cells) {
  for (const Cell& cell : cells) {
    if (cell.kind == (kind | kSetBit)) return;
  }
  cells.append({0, new_set(), 0, static_cast<uint8_t>(kind | kSetBit), 0, 0, 0, 0});
}

}  // namespace

void init_atomic_accesses() { blocks.init("atomic accesses"); }

AtomicAccess* AtomicAccesses::more() const { return blocks[more_].accesses; }

bool AtomicAccesses::has_among_others(Epoch epoch, uint32_t size, Kind kind) const {
  for (uint32_t i = 1; i < count_; ++i) {
    if (stands_for(at(i), epoch, size, kind)) return true;
  }
  return false;
}

inline AtomicAccess* AtomicAccesses::place_for(const Task& task, uint32_t size, Kind kind) {
  AtomicAccess* place = nullptr;
  const uint32_t chain = chain_of(task.epoch);
  for (uint32_t i = 0; i < count_; ++i) {
    AtomicAccess& access = at(i);
    if (chain_of(access.epoch) != chain || access.epoch == task.epoch || !may_replace(size, kind, access)) continue;
    if (place == nullptr) {
      place = &access;
    } else {
      access = at(--count_);
      --i;
    }
  }
  // One of somebody else: among the newest. Of goroutines that do not know each other, each adds its own.
  for (uint32_t i = 0; place == nullptr && i < count_ && i < kFew; ++i) {
    AtomicAccess& access = few_[i];
    if (access.epoch != task.epoch && may_replace(size, kind, access) && task.knows(access.epoch)) place = &access;
  }
  if (place != nullptr) return place;
  if (count_ == kFew + kMore) return nullptr;
  if (count_ == kFew && more_ == 0) more_ = blocks.alloc();
  return &at(count_++);
}

bool AtomicAccesses::add(const Task& task, uint32_t size, Kind kind, ContextId context) {
  AtomicAccess* const place = place_for(task, size, kind);
  if (place == nullptr) return false;
  *place = few_[0];
  few_[0] = {task.epoch, context, static_cast<uint8_t>(size), kind};
  return true;
}

bool AtomicAccesses::are_known(const Task& task) const {
  for (uint32_t i = 0; i < count_; ++i) {
    if (!task.knows(at(i).epoch)) return false;
  }
  return true;
}

bool AtomicAccesses::touch(uintptr_t offset, uint64_t mask) const {
  for (uint32_t i = 0; i < count_; ++i) {
    if ((byte_mask(offset, at(i).size) & mask) != 0) return true;
  }
  return false;
}

void AtomicAccesses::settle(uintptr_t offset, CellList& cells) {
  // Many who do not know each other become a set: more are to come.
  if (count_ == kFew + kMore) make_set(static_cast<Kind>(few_[0].kind), cells);
  for (uint32_t i = 0; i < count_; ++i) add_to_cells(at(i), byte_mask(offset, at(i).size), cells);
  clear();
}

void AtomicAccesses::clear() {
  count_ = 0;
  if (more_ != 0) blocks.free(more_);
  more_ = 0;
}

}  // namespace baton::detector
