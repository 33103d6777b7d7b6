// SPDX-License-Identifier: Apache-2.0

#include "detector/src/access_set.h"

#include <new>

#include "detector/src/mem.h"

namespace baton::detector {
namespace {

constinit Pool<AccessSet, 1u << 26> sets;

constexpr uint32_t kFirstBits = 5;

// Blocks are powers of two; a member is not.
constexpr size_t block_bytes(uint32_t bits) { return (sizeof(Member) * 4 / 3) << bits; }
static_assert(sizeof(Member) == 24);

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

void AccessSet::add(Epoch epoch, ContextId context, uint64_t mask) {
  known_by_ = 0;
  if (bits_ == 0 || 2 * (used_ + 1) > 1u << bits_) rehash();
  uint32_t chain = chain_of(epoch);
  uint32_t i = home(chain);
  Member* dead = nullptr;
  for (; places_[i].epoch != 0; i = after(i)) {
    Member& member = places_[i];
    if (chain_of(member.epoch) != chain) continue;
    if (member.mask == 0) {
      dead = &member;
    } else if (member.epoch == epoch && member.context == context) {
      member.mask |= mask;
      return;
    }
  }
  if (dead == nullptr) ++used_;
  (dead != nullptr ? *dead : places_[i]) = {epoch, mask, context};
}

// Drops dead members, and doubles the table if it is still half full.
void AccessSet::rehash() {
  Member* old = places_;
  uint32_t old_bits = bits_;
  uint32_t live = 0;
  for_each([&](const Member&) { ++live; });
  bits_ = old_bits == 0 ? kFirstBits : old_bits;
  if (4 * (live + 1) > 1u << bits_) ++bits_;
  places_ = static_cast<Member*>(alloc_block(block_bytes(bits_)));
  zero_block(places_, block_bytes(bits_));
  used_ = 0;
  for (uint32_t i = 0; old_bits != 0 && i < 1u << old_bits; ++i) {
    if (old[i].mask == 0) continue;
    uint32_t place = home(chain_of(old[i].epoch));
    while (places_[place].epoch != 0) place = after(place);
    places_[place] = old[i];
    ++used_;
  }
  if (old_bits != 0) free_block(old, block_bytes(old_bits));
}

void AccessSet::clear() {
  if (bits_ != 0) free_block(places_, block_bytes(bits_));
  places_ = nullptr;
  bits_ = 0;
  used_ = 0;
}

}  // namespace baton::detector
