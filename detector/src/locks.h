// SPDX-License-Identifier: Apache-2.0
//
// Which locks a task holds, for reports; whether there is a race never depends on it.
//
// Of the access that just happened they are known: HeldLocks of its task. Of an earlier access its context is known,
// and for each context the locks that were held whenever it was recorded: one comparison of a hash per record that
// reaches the shadow, and none for accesses that repeat themselves. If they were not always the same, what is kept is
// the locks that always were held, and that it varied.
//
// Rejected: a lock set in each entry of the shadow (four more bytes per entry, on every path that writes one), and one
// per epoch (an acquire starts no epoch).
#pragma once

#include <stdint.h>

#include "detector/src/context.h"

namespace baton::detector {

struct LockHold {
  uintptr_t address;
  ContextId site;  // where it was taken
  uint32_t shared;
};

// The locks of one task, in the order of taking. Not thread-safe: part of a Task.
class HeldLocks {
 public:
  static constexpr uint32_t kRoom = 4;  // more are only counted

  void take(uintptr_t address, bool shared, ContextId site) {
    hash_ += hash_of(address);
    if (count_ < kRoom) holds_[count_] = {address, site, shared};
    ++count_;
  }
  // Does nothing for a lock that another task took.
  void leave(uintptr_t address) {
    uint32_t known = size();
    for (uint32_t i = known; i-- > 0;) {
      if (holds_[i].address != address) continue;
      for (uint32_t j = i + 1; j < known; ++j) holds_[j - 1] = holds_[j];
      hash_ -= hash_of(address);
      --count_;
      return;
    }
    if (count_ > kRoom) {
      hash_ -= hash_of(address);
      --count_;
    }
  }

  uint32_t size() const { return count_ < kRoom ? count_ : kRoom; }
  const LockHold& operator[](uint32_t i) const { return holds_[i]; }
  // Names the set: 0 for the empty one.
  uint32_t hash() const { return hash_; }

 private:
  static uint32_t hash_of(uintptr_t address) { return static_cast<uint32_t>((address * 0x9e3779b97f4a7c15ull) >> 32); }

  LockHold holds_[kRoom] = {};
  uint32_t count_ = 0;
  uint32_t hash_ = 0;
};

void init_locks();

// What is noted of a context: the hash of the set that was held, its lowest bit set, or one of these.
constexpr uint32_t kNoLocksNoted = 0;
constexpr uint32_t kLocksVary = 2;  // for good: nothing more will be noted
uint32_t noted_hash(ContextId context);

// An access in `context` is about to be recorded by a task that holds these.
void note_locks_slow(ContextId context, const HeldLocks& held);
inline void note_locks(ContextId context, const HeldLocks& held) {
  if (noted_hash(context) != (held.hash() | 1)) note_locks_slow(context, held);
}

// Whether this thread need not note them for a context that it has in its cache.
inline bool has_noted_locks(const CachedContext& cached, const HeldLocks& held) {
  return cached.locks == (held.hash() | 1) || cached.locks == kLocksVary;
}

// The locks held at every recorded access of `context`, at most HeldLocks::kRoom, written to `holds`; returns their
// number. `exact` is false if it varied.
uint32_t noted_locks(ContextId context, LockHold* holds, bool* exact);

}  // namespace baton::detector
