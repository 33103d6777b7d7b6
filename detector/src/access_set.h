// SPDX-License-Identifier: Apache-2.0
//
// Many accesses of one kind to one line, by many tasks, that do not conflict with each other: a WaitGroup on which
// 100,000 goroutines call done(), a table that all of them read. As a list, each new one would walk over all others; as
// a set keyed by chain, it finds its own predecessors at once, and only an access that conflicts with them looks at
// all.
//
// The list of a line holds a set as one Cell: its kind has kSetBit, its `context` names the set, its words are those
// that the members touch, or more. Guarded by the line's lock. A set is exact: it holds what the cells it replaces
// held.
#pragma once

#include <stdint.h>

#include "detector/src/context.h"
#include "detector/src/shadow.h"

namespace baton::detector {

// Marks a Cell that stands for a set; the other bits are the kind of its members.
constexpr uint8_t kSetBit = 8;
constexpr bool is_set(uint32_t kind) { return (kind & kSetBit) != 0; }
constexpr Kind member_kind(uint32_t set_kind) { return static_cast<Kind>(set_kind & ~kSetBit); }

// So many cells of one kind in a line, from other epochs, become a set.
constexpr int kSetThreshold = 64;

struct Member {
  Epoch epoch;    // 0: a place that was never used
  uint64_t mask;  // 0: a dead member, whose place its chain may use again
  ContextId context;
};

// An open-addressed table, keyed by chain; a chain may have several members. They never share a byte.
class AccessSet {
 public:
  // Adds the bytes `mask` for (epoch, context).
  void add(Epoch epoch, ContextId context, uint64_t mask);
  // Calls visit(member) for the live members of a chain, or for all. The visitor may take bytes from the mask.
  template <class Visit>
  void for_chain(uint32_t chain, Visit visit);
  template <class Visit>
  void for_each(Visit visit);
  void clear();

  // Remembers that all members happen before what `epoch` does, and so before whatever knows that epoch: the next
  // access that could only find that out again need not look. Forgotten when a member is added.
  void set_known_by(Epoch epoch) { known_by_ = epoch; }
  Epoch known_by() const { return known_by_; }  // 0: nothing is remembered

 private:
  uint32_t home(uint32_t chain) const { return (chain * 0x9e3779b9u) >> (32 - bits_); }
  uint32_t after(uint32_t place) const { return (place + 1) & ((1u << bits_) - 1); }
  void rehash();

  Member* places_ = nullptr;
  uint32_t bits_ = 0;  // log2 of the number of places; 0: none
  uint32_t used_ = 0;  // places with a member, dead ones too
  Epoch known_by_ = 0;
};

template <class Visit>
void AccessSet::for_chain(uint32_t chain, Visit visit) {
  if (bits_ == 0) return;
  for (uint32_t i = home(chain); places_[i].epoch != 0; i = after(i)) {
    if (chain_of(places_[i].epoch) == chain && places_[i].mask != 0) visit(places_[i]);
  }
}

template <class Visit>
void AccessSet::for_each(Visit visit) {
  for (uint32_t i = 0; bits_ != 0 && i < 1u << bits_; ++i) {
    if (places_[i].mask != 0) visit(places_[i]);
  }
}

void init_sets();
uint32_t new_set();  // empty
AccessSet& set_at(uint32_t index);
void free_set(uint32_t index);

}  // namespace baton::detector
