// SPDX-License-Identifier: Apache-2.0
//
// An epoch: "the accesses of one task between two of its releases", in one word.
//
// Components of a vector clock are indexed by *chain*, not by task: a new task takes over the chain of a finished one
// whose end happens before its start (chain.h), so the number of chains stays near the number of tasks alive
// (EventRacer, OOPSLA 2013). A chain's epochs grow for ever: nothing wraps, nothing is reset. 2^36 epochs last one task
// an hour and a half of nothing but releases at 80 ns; then it moves to a fresh chain (Task::renew_chain), exactly.
//
// Rejected: a 32-bit segment id with a table (chain, epoch) behind it. It halves the filter word, but the table grows
// by eight bytes at every release that follows an access, and needs a sweeper to recycle ids.
#pragma once

#include <stdint.h>

namespace baton::detector {

using Epoch = uint64_t;  // 0:1 | chain:27 | number:36; 0 is "none"

constexpr int kEpochBits = 36;
constexpr uint64_t kMaxEpochNumber = (1ull << kEpochBits) - 1;
constexpr uint32_t kMaxChain = (1u << 27) - 1;

constexpr Epoch make_epoch(uint32_t chain, uint64_t number) {
  return static_cast<uint64_t>(chain) << kEpochBits | number;
}
constexpr uint32_t chain_of(Epoch epoch) { return static_cast<uint32_t>(epoch >> kEpochBits); }
constexpr uint64_t number_of(Epoch epoch) { return epoch & kMaxEpochNumber; }

}  // namespace baton::detector
