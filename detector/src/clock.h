// SPDX-License-Identifier: Apache-2.0
//
// Vector clocks: a map from chain to epoch, ordered by "every component at least as large".
//
// The naive model, which clock_test.cpp holds this against, is an array:
//     get(c) = a[c];   raise(c, e): a[c] = max(a[c], e);   join(b): for all c: a[c] = max(a[c], b[c]).
//
// The representation is a tree and a handful of recent components beside it.
//   * The tree is a persistent radix tree of 16-way nodes with reference counts. Copying it is O(1); a node that
//     somebody else can see is never changed, a private one is changed in place; join() visits only what two trees do
//     not share. A thousand goroutines that inherited one clock hold one copy of it.
//   * The last few components that were learnt stand in the Clock itself, and move into the tree when there is no more
//     room. So goroutines that exchange messages change a few words, not a node: the tree stays shared by all of them.
//   * The stamp names an epoch that includes the whole tree: whoever knows that epoch need not look at the tree,
//     and whoever's tree it is may take over that of one who knows it.
//
// Invariants:
//  1. A recent component is larger than the tree's component of its chain, and no chain occurs twice.
//  2. A stamp is 0, or an epoch such that every clock that knows it is not below the tree. Clocks are closed: whoever
//     knows an epoch knows all that its task knew when it published it (task.h), which is why the owner of a clock may
//     stamp it when he publishes. Below a chain's barrier (chain.h) this is not so, and the stamp is not believed.
//
// Rejected: a flat array (100,000 goroutines that know of each other would need 80 GB); the tree alone (each message
// copied a leaf: 130 ns); merging lazily, with a list of what to join (unbounded, or a lookup that never ends).
//
// A Clock object itself is not thread-safe: it belongs to a task, or to a sync object under its line's lock. Different
// Clock objects may share nodes and be used by different threads at the same time.
#pragma once

#include <stdint.h>

#include "detector/src/epoch.h"

namespace baton::detector {

class Clock {
 public:
  constexpr Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;

  // Reserves the node pools. Once, before any other use.
  static void init_pools();

  uint64_t get(uint32_t chain) const {
    for (uint32_t i = 0; i < count_; ++i) {
      if (chain_of(recent_[i]) == chain) return number_of(recent_[i]);
    }
    return get_from_tree(chain);
  }
  bool knows(Epoch epoch) const { return get(chain_of(epoch)) >= number_of(epoch); }
  // Raises the component of the epoch's chain to its number. Returns whether it was lower.
  bool raise(Epoch epoch) {
    for (uint32_t i = 0; i < count_; ++i) {
      if (chain_of(recent_[i]) != chain_of(epoch)) continue;
      if (recent_[i] >= epoch) return false;
      recent_[i] = epoch;
      return true;
    }
    return raise_another(epoch);
  }
  // The same for the epoch with which `other` was published, after join(other): if that makes a tree of its own, which
  // many who learn the same do, the tree gets a stamp.
  bool raise_after(const Clock& other, Epoch origin);
  // Becomes the least clock that is not below either. Returns false only if nothing changed. `self`, if not 0, is the
  // epoch of the task whose clock this is: what `other` says of its chain is no news.
  bool join(const Clock& other, Epoch self = 0);
  // Becomes equal to `other`, sharing its nodes.
  void assign(const Clock& other);
  // `other` becomes what this clock is, and then this one joins what `other` was. Returns as join().
  [[gnu::always_inline]] bool exchange(Clock& other, Epoch self) {
    if (root_ != other.root_ || level_ != other.level_) return exchange_trees(other, self);
    // Messages to and fro change recent components alone.
    const uint32_t count = other.count_;
    other.stamp_ = stamp_;
    if (count == 1 && count_ == 1) {  // two partners
      const Epoch before = other.recent_[0];
      other.recent_[0] = recent_[0];
      return (self == 0 || chain_of(before) != chain_of(self)) && raise(before);
    }
    Epoch before[kRecent];
    for (uint32_t i = 0; i < kRecent; ++i) before[i] = other.recent_[i];
    for (uint32_t i = 0; i < kRecent; ++i) other.recent_[i] = recent_[i];
    other.count_ = count_;
    bool changed = false;
    for (uint32_t i = 0; i < count; ++i) {
      if (self == 0 || chain_of(before[i]) != chain_of(self)) changed |= raise(before[i]);
    }
    return changed;
  }
  // Becomes the empty clock: every component 0.
  void clear();
  bool empty() const { return root_ == 0 && count_ == 0; }
  // The owner publishes this clock as `epoch`.
  void stamp(Epoch epoch) {
    if (stamp_ == 0 && root_ != 0) stamp_ = epoch;
  }

 private:
  // Enough for the partners of a goroutine in most programs; measured in docs/design/0002-clocks-and-chains.md.
  static constexpr uint32_t kRecent = 4;

  uint64_t get_from_tree(uint32_t chain) const;
  bool raise_another(Epoch epoch);  // one that is not recent
  bool exchange_trees(Clock& other, Epoch self);
  void set_in_tree(Epoch epoch);
  bool join_tree(const Clock& other);
  void share_tree(const Clock& other);
  void adopt_tree(const Clock& other);
  void grow_to(uint32_t level);
  void drop_stale();
  void make_room();

  uint32_t root_ = 0;   // node index; 0: no tree
  uint16_t level_ = 0;  // height: the tree covers 16^(level_+1) chains; 0: the root is a leaf
  uint16_t count_ = 0;  // recent components
  Epoch stamp_ = 0;
  Epoch recent_[kRecent] = {};
};

}  // namespace baton::detector
