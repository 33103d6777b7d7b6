// SPDX-License-Identifier: Apache-2.0

#include "detector/src/locks.h"

#include <atomic>

#include "detector/src/mem.h"

namespace baton::detector {
namespace {

struct Note {
  std::atomic<uint32_t> hash;  // noted_hash(); written under `lock`; relaxed reads: an old value only asks again
  uint32_t set;                // of `sets`; 0: none was always held. Guarded by `lock`
};

struct LockSet {
  uint32_t count;
  bool varies;
  LockHold holds[HeldLocks::kRoom];
};

constexpr size_t kContexts = 1u << 28;  // as context.cpp has room for

constinit Note* notes = nullptr;  // index: context
constinit SpinLock lock;
constinit Pool<LockSet, 1u << 26> sets;

// Drops what is not held now. Returns whether anything is left.
bool intersect(LockSet& set, const HeldLocks& held) {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < set.count; ++i) {
    bool found = false;
    for (uint32_t j = 0; j < held.size(); ++j) {
      if (held[j].address != set.holds[i].address) continue;
      set.holds[i].shared |= held[j].shared;
      found = true;
    }
    if (found) set.holds[kept++] = set.holds[i];
  }
  set.count = kept;
  return kept != 0;
}

}  // namespace

void init_locks() {
  notes = static_cast<Note*>(reserve(kContexts * sizeof(Note), "locks of contexts"));
  sets.init("sets of locks");
}

uint32_t noted_hash(ContextId context) { return notes[context].hash.load(std::memory_order_relaxed); }

void note_locks_slow(ContextId context, const HeldLocks& held) {
  if (context == 0 || noted_hash(context) == kLocksVary) return;
  SpinLockHolder hold(lock);
  Note& note = notes[context];
  uint32_t known = note.hash.load(std::memory_order_relaxed);
  // Somebody else may have noted the same between the caller's look and the lock.
  if (known == kLocksVary || known == (held.hash() | 1)) return;
  if (known == kNoLocksNoted) {
    if (held.size() != 0) {
      note.set = sets.alloc();
      LockSet& set = sets[note.set];
      set = {held.size(), false, {}};
      for (uint32_t i = 0; i < held.size(); ++i) set.holds[i] = held[i];
    }
    note.hash.store(held.hash() | 1, std::memory_order_relaxed);
    return;
  }
  if (note.set != 0) {
    LockSet& set = sets[note.set];
    set.varies = true;
    if (intersect(set, held)) {
      note.hash.store(held.hash() | 1, std::memory_order_relaxed);
      return;
    }
    sets.free(note.set);
    note.set = 0;
  }
  note.hash.store(kLocksVary, std::memory_order_relaxed);
}

uint32_t noted_locks(ContextId context, LockHold* holds, bool* exact) {
  SpinLockHolder hold(lock);
  const Note& note = notes[context];
  uint32_t known = note.hash.load(std::memory_order_relaxed);
  *exact = known != kLocksVary && known != kNoLocksNoted;
  if (note.set == 0) return 0;
  const LockSet& set = sets[note.set];
  if (set.varies) *exact = false;
  for (uint32_t i = 0; i < set.count; ++i) holds[i] = set.holds[i];
  return set.count;
}

}  // namespace baton::detector
