// SPDX-License-Identifier: Apache-2.0

#include "detector/src/access_set.h"

#include <string.h>

#include <new>

#include "detector/src/mem.h"

namespace baton::detector {
namespace {

constinit Pool<AccessSet, 1u << 26> sets;

constexpr uint32_t kFirstBits = 5;

}  // namespace

void init_sets() { sets.init("sets of accesses"); }

uint32_t new_set() {
  uint32_t index = sets.alloc();
  new (&sets[index]) AccessSet;
  return index;
}

AccessSet& set_at(uint32_t index) { return sets[index]; }

void free_set(uint32_t index) {
  sets[index].clear();
  sets.free(index);
}

Member* AccessSet::find(uint32_t chain) {
  if (bits_ == 0) return nullptr;
  for (uint32_t i = home(chain); slots_[i].epoch != 0; i = (i + 1) & ((1u << bits_) - 1)) {
    if (chain_of(slots_[i].epoch) == chain) return &slots_[i];
  }
  return nullptr;
}

void AccessSet::put(const Member& member) {
  known_by_ = 0;
  if (Member* own = find(chain_of(member.epoch))) {
    *own = member;
    return;
  }
  if (bits_ == 0 || 2 * (count_ + 1) > 1u << bits_) rehash(bits_ == 0 ? kFirstBits : bits_ + 1);
  uint32_t i = home(chain_of(member.epoch));
  while (slots_[i].epoch != 0) i = (i + 1) & ((1u << bits_) - 1);
  slots_[i] = member;
  ++count_;
}

void AccessSet::rehash(uint32_t bits) {
  Member* old = slots_;
  uint32_t old_bits = bits_;
  slots_ = static_cast<Member*>(alloc_block(sizeof(Member) << bits));
  memset(slots_, 0, sizeof(Member) << bits);
  bits_ = bits;
  count_ = 0;
  for (uint32_t i = 0; old_bits != 0 && i < 1u << old_bits; ++i) {
    if (old[i].epoch != 0) put(old[i]);
  }
  if (old_bits != 0) free_block(old, sizeof(Member) << old_bits);
}

void AccessSet::copy_from(const AccessSet& other) {
  clear();
  for (uint32_t i = 0; other.bits_ != 0 && i < 1u << other.bits_; ++i) {
    if (other.slots_[i].epoch != 0) put(other.slots_[i]);
  }
}

void AccessSet::clear() {
  if (bits_ != 0) free_block(slots_, sizeof(Member) << bits_);
  slots_ = nullptr;
  bits_ = 0;
  count_ = 0;
}

}  // namespace baton::detector
