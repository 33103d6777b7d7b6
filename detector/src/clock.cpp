// SPDX-License-Identifier: Apache-2.0
//
// See clock.h. Reference counts are the only thing that different threads change in a shared node.

#include "detector/src/clock.h"

#include <string.h>

#include <atomic>

#include "detector/src/chain.h"
#include "detector/src/mem.h"

namespace baton::detector {
namespace {

constexpr uint32_t kFan = 16;
constexpr uint32_t kBits = 4;

// `refs` counts the parents and Clock objects that point here. It is raised by somebody who holds a reference, so a
// node whose count is 1 and which we hold is ours alone. Decrements are acq_rel: the last owner, who frees or changes
// the node, sees all reads that the others made (pairs with itself in drop()).
struct Leaf {
  std::atomic<uint32_t> refs;
  uint64_t epoch[kFan];
};
struct Inner {
  std::atomic<uint32_t> refs;
  uint32_t child[kFan];
};

constinit Pool<Leaf, 1u << 27> leaves;
constinit Pool<Inner, 1u << 26> inners;

std::atomic<uint32_t>& refs(uint32_t node, uint32_t level) {
  return level == 0 ? leaves[node].refs : inners[node].refs;
}

uint32_t share(uint32_t node, uint32_t level) {
  if (node != 0) refs(node, level).fetch_add(1, std::memory_order_relaxed);
  return node;
}

bool ours_alone(uint32_t node, uint32_t level) {
  return refs(node, level).load(std::memory_order_acquire) == 1;  // pairs with the decrement in drop()
}

void drop(uint32_t node, uint32_t level) {
  if (node == 0 || refs(node, level).fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (level == 0) {
    leaves.free(node);
    return;
  }
  for (uint32_t child : inners[node].child) drop(child, level - 1);
  inners.free(node);
}

uint32_t new_node(uint32_t level) {
  if (level == 0) {
    uint32_t node = leaves.alloc();
    leaves[node].refs.store(1, std::memory_order_relaxed);
    memset(leaves[node].epoch, 0, sizeof leaves[node].epoch);
    return node;
  }
  uint32_t node = inners.alloc();
  inners[node].refs.store(1, std::memory_order_relaxed);
  memset(inners[node].child, 0, sizeof inners[node].child);
  return node;
}

uint32_t clone(uint32_t from, uint32_t level) {
  uint32_t node = new_node(level);
  if (level == 0) {
    memcpy(leaves[node].epoch, leaves[from].epoch, sizeof leaves[node].epoch);
  } else {
    for (uint32_t i = 0; i < kFan; ++i) inners[node].child[i] = share(inners[from].child[i], level - 1);
  }
  return node;
}

// The node to write to in place of `node`: itself if nobody else sees it, else a copy that replaces our reference.
uint32_t make_private(uint32_t node, uint32_t level) {
  if (node == 0) return new_node(level);
  if (ours_alone(node, level)) return node;
  uint32_t copy = clone(node, level);
  drop(node, level);
  return copy;
}

uint32_t slot(uint32_t chain, uint32_t level) { return (chain >> (kBits * level)) % kFan; }

uint32_t joined(uint32_t a, bool ours, uint32_t b, uint32_t level, bool& changed);

uint32_t joined_leaves(uint32_t a, bool ours, uint32_t b, bool& changed) {
  const uint64_t* in_a = leaves[a].epoch;
  const uint64_t* in_b = leaves[b].epoch;
  bool a_suffices = true;
  bool b_suffices = true;
  for (uint32_t i = 0; i < kFan; ++i) {
    a_suffices &= in_a[i] >= in_b[i];
    b_suffices &= in_b[i] >= in_a[i];
  }
  if (a_suffices) return a;
  changed = true;
  if (b_suffices) return share(b, 0);
  uint32_t result = ours ? a : clone(a, 0);
  for (uint32_t i = 0; i < kFan; ++i) {
    if (in_b[i] > in_a[i]) leaves[result].epoch[i] = in_b[i];
  }
  return result;
}

uint32_t joined_inners(uint32_t a, bool ours, uint32_t b, uint32_t level, bool& changed) {
  uint32_t after[kFan];
  bool all_of_a = true;
  bool all_of_b = true;
  for (uint32_t i = 0; i < kFan; ++i) {
    after[i] = joined(inners[a].child[i], ours, inners[b].child[i], level - 1, changed);
    all_of_a &= after[i] == inners[a].child[i];
    all_of_b &= after[i] == inners[b].child[i];
  }
  if (all_of_a) return a;
  if (all_of_b) {
    for (uint32_t i = 0; i < kFan; ++i) {
      if (after[i] != inners[a].child[i]) drop(after[i], level - 1);
    }
    return share(b, level);
  }
  uint32_t result = ours ? a : clone(a, level);
  for (uint32_t i = 0; i < kFan; ++i) {
    uint32_t& child = inners[result].child[i];
    if (after[i] == child) continue;
    drop(child, level - 1);
    child = after[i];
  }
  return result;
}

// The join of `a` and `b`, both of height `level`. Returns `a` itself if it did not change or could be changed in place
// (`ours`: all nodes above `a` are private to the caller); otherwise a node with a reference of its own. Where `b` is
// the join, it is shared instead of copied: so clocks that learn from each other come to have the same nodes, and the
// next join passes over them.
uint32_t joined(uint32_t a, bool ours, uint32_t b, uint32_t level, bool& changed) {
  if (a == b || b == 0) return a;
  if (a == 0) {
    changed = true;
    return share(b, level);
  }
  ours = ours && ours_alone(a, level);
  return level == 0 ? joined_leaves(a, ours, b, changed) : joined_inners(a, ours, b, level, changed);
}

}  // namespace

void Clock::init_pools() {
  leaves.init("vector clock leaves");
  inners.init("vector clock nodes");
}

uint64_t Clock::get_from_tree(uint32_t chain) const {
  if (root_ == 0 || (static_cast<uint64_t>(chain) >> (kBits * (level_ + 1))) != 0) return 0;
  uint32_t node = root_;
  for (uint32_t level = level_; level > 0; --level) {
    node = inners[node].child[slot(chain, level)];
    if (node == 0) return 0;
  }
  return leaves[node].epoch[slot(chain, 0)];
}

void Clock::grow_to(uint32_t level) {
  while (level_ < level) {
    if (root_ != 0) {
      uint32_t above = new_node(level_ + 1u);
      inners[above].child[0] = root_;
      root_ = above;
    }
    ++level_;
  }
}

void Clock::set_in_tree(Epoch epoch) {
  uint32_t chain = chain_of(epoch);
  uint32_t level = level_;
  while ((static_cast<uint64_t>(chain) >> (kBits * (level + 1))) != 0) ++level;
  grow_to(level);
  uint32_t node = root_ = make_private(root_, level_);
  for (level = level_; level > 0; --level) {
    uint32_t& child = inners[node].child[slot(chain, level)];
    node = child = make_private(child, level - 1);
  }
  leaves[node].epoch[slot(chain, 0)] = number_of(epoch);
}

// Restores invariant 1 after the tree grew.
void Clock::drop_stale() {
  uint32_t kept = 0;
  for (uint32_t i = 0; i < count_; ++i) {
    if (number_of(recent_[i]) > get_from_tree(chain_of(recent_[i]))) recent_[kept++] = recent_[i];
  }
  count_ = static_cast<uint16_t>(kept);
}

void Clock::make_room() {
  for (Epoch epoch : recent_) set_in_tree(epoch);
  count_ = 0;
  stamp_ = 0;
}

bool Clock::raise_another(Epoch epoch) {
  if (get_from_tree(chain_of(epoch)) >= number_of(epoch)) return false;
  if (count_ == kRecent) make_room();
  recent_[count_++] = epoch;
  return true;
}

bool Clock::raise_after(const Clock& other, Epoch origin) {
  bool is_below = count_ == kRecent && root_ == other.root_ && level_ == other.level_;
  for (uint32_t i = 0; is_below && i < kRecent; ++i) is_below = other.knows(recent_[i]);
  const bool changed = raise(origin);
  // What was recent has moved into the tree: all of it is known to whoever knows `origin`.
  if (is_below && count_ == 1) stamp_ = origin;
  return changed;
}

bool Clock::join_tree(const Clock& other) {
  grow_to(other.level_);
  bool changed = false;
  if (level_ == other.level_) {
    uint32_t result = joined(root_, true, other.root_, level_, changed);
    if (result != root_) {
      drop(root_, level_);
      root_ = result;
    }
    return changed;
  }
  // The other tree is lower: it stands at the leftmost place of its height in ours. Make the way there private first.
  uint32_t node = root_ = make_private(root_, level_);
  for (uint32_t level = level_ - 1u; level > other.level_; --level) {
    uint32_t& child = inners[node].child[0];
    node = child = make_private(child, level);
  }
  uint32_t& place = inners[node].child[0];
  uint32_t before = place;
  uint32_t after = joined(before, true, other.root_, other.level_, changed);
  if (after != before) {
    place = after;
    drop(before, other.level_);
  }
  return changed;
}

// For a tree that is not above `other`: what it says, the other tree and the other's recent components say as well.
void Clock::adopt_tree(const Clock& other) {
  share_tree(other);
  stamp_ = other.stamp_;
  drop_stale();
}

bool Clock::join(const Clock& other, Epoch self) {
  const auto is_own = [self](Epoch epoch) { return self != 0 && chain_of(epoch) == chain_of(self); };
  bool changed = false;
  // Roots of different heights come from different pools: their indices may be equal by chance.
  const bool same_tree = root_ == other.root_ && level_ == other.level_;
  if (other.root_ != 0 && !same_tree) {
    const bool is_known =
        other.stamp_ != 0 && stands_for_its_clock(other.stamp_) && (is_own(other.stamp_) || knows(other.stamp_));
    const bool is_below = root_ == 0 || (stamp_ != 0 && stands_for_its_clock(stamp_) && other.knows(stamp_));
    if (is_known) {
      // Nothing to learn from the tree.
    } else if (is_below) {
      adopt_tree(other);
      changed = true;
    } else if (join_tree(other)) {
      changed = true;
      stamp_ = root_ == other.root_ && level_ == other.level_ ? other.stamp_ : 0;
      drop_stale();
    }
  }
  for (uint32_t i = 0; i < other.count_; ++i) {
    if (!is_own(other.recent_[i])) changed |= raise(other.recent_[i]);
  }
  return changed;
}

void Clock::share_tree(const Clock& other) {
  if (root_ == other.root_ && level_ == other.level_) return;
  share(other.root_, other.level_);
  drop(root_, level_);
  root_ = other.root_;
  level_ = other.level_;
}

void Clock::assign(const Clock& other) {
  share_tree(other);
  stamp_ = other.stamp_;
  count_ = other.count_;
  for (uint32_t i = 0; i < kRecent; ++i) recent_[i] = other.recent_[i];
}

bool Clock::exchange_trees(Clock& other, Epoch self) {
  Clock before;
  before.stamp_ = other.stamp_;
  before.count_ = other.count_;
  for (uint32_t i = 0; i < kRecent; ++i) before.recent_[i] = other.recent_[i];
  before.root_ = other.root_;
  before.level_ = other.level_;
  other.root_ = 0;
  other.level_ = 0;
  other.assign(*this);
  bool changed = join(before, self);
  before.clear();
  return changed;
}

void Clock::clear() {
  drop(root_, level_);
  root_ = 0;
  level_ = 0;
  count_ = 0;
  stamp_ = 0;
}

}  // namespace baton::detector
