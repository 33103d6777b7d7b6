// SPDX-License-Identifier: Apache-2.0
//
// Many accesses that do not conflict with each other, by many tasks, to the same bytes: a WaitGroup that 100,000
// goroutines call done() on, a table that all of them read. As a list, each new one would walk over all others; as a
// set with one member per chain, it finds its own predecessor at once, and only an access that conflicts with them has
// to look at every member.
//
// The list of a line holds a set as one Entry: its kind has kSetBit, its `context` names the set. Guarded by the line's
// lock. A set is exact: it holds what the entries it replaces held.
#pragma once

#include <stdint.h>

#include "detector/src/context.h"
#include "detector/src/shadow.h"

namespace baton::detector {

// Marks an Entry that stands for a set; the other bits are the kind of its members, which is never a plain write.
constexpr uint8_t kSetBit = 8;
constexpr bool is_set(uint32_t kind) { return (kind & kSetBit) != 0 && kind != kFree; }
constexpr Kind member_kind(uint32_t set_kind) { return static_cast<Kind>(set_kind & ~kSetBit); }

// So many entries of one kind and mask become a set.
constexpr int kSetThreshold = 8;

struct Member {
  Epoch epoch;  // 0: empty place
  ContextId context;
};

// An open-addressed table by chain.
class AccessSet {
 public:
  uint32_t size() const { return count_; }
  // The member of a chain, or null.
  Member* find(uint32_t chain);
  // Adds a member, in place of the chain's previous one.
  void put(const Member& member);
  // Remembers that all members happen before what `epoch` does, and so before whatever knows that epoch: the next
  // access that could only find that out again need not look.
  void set_known_by(Epoch epoch) { known_by_ = epoch; }
  Epoch known_by() const { return known_by_; }  // 0: nothing is remembered
  // Calls `visit(member)` for each member and removes those for which it returns true.
  template <class Visit>
  void remove_if(Visit visit);
  void copy_from(const AccessSet& other);
  void clear();

 private:
  uint32_t home(uint32_t chain) const { return (chain * 0x9e3779b9u) >> (32 - bits_); }
  void rehash(uint32_t bits);

  Member* slots_ = nullptr;
  uint32_t bits_ = 0;  // log2 of the number of slots; 0: none
  uint32_t count_ = 0;
  Epoch known_by_ = 0;
};

template <class Visit>
void AccessSet::remove_if(Visit visit) {
  // Removal in place would break the probing of others: what stays is put into a fresh table, if anything goes.
  bool removed = false;
  for (uint32_t i = 0; bits_ != 0 && i < 1u << bits_; ++i) {
    if (slots_[i].epoch != 0 && visit(slots_[i])) {
      slots_[i].epoch = 0;
      --count_;
      removed = true;
    }
  }
  if (removed) rehash(bits_);
}

void init_sets();
uint32_t new_set();  // empty
AccessSet& set_at(uint32_t index);
void free_set(uint32_t index);

}  // namespace baton::detector
