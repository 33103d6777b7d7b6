// SPDX-License-Identifier: Apache-2.0
//
// Lines that many tasks only read: a table, a tree, a matrix. The filter of a line speaks for one epoch, so readers
// would take it from each other at every access. Instead the word that holds the filter's epoch may hold a *tag*:
//
//   1 | generation:23 | readers:24 | words:16      (the top bit is never set in an epoch)
//
// which says: each task whose bit is set read all of these words in its current epoch, and that is in the line's list.
// A reader that finds its bit is done, with one load and no write to shared memory.
//
// The bits are handed out once: a task that needs one draws a ticket, which is a generation and a bit, and which is
// valid for its epoch of that moment and no other. No two epochs ever have the same ticket, so a stale bit means
// nothing to anybody. When the tickets run out (201 million), tags are no longer made.
//
// Invariant: a tag is written under the line's lock, by a task that has just found its own reads of those words in the
// list. A visit that is not a plain read replaces it; a reset of any part of the line removes it. It stays true while
// the epoch runs because no access of a running epoch is ever removed otherwise (recent.h).
//
// Rejected: interned sets of readers, with the tag naming the set. Readers of a tree read different words of each node,
// so nearly every line has a set of its own, and a hit has to look into it.
#pragma once

#include <stdint.h>

#include "detector/src/epoch.h"
#include "detector/src/task.h"

namespace baton::detector {

constexpr uint64_t kTagBit = 1ull << 63;
constexpr int kGenerationShift = 40;
constexpr int kReadersShift = 16;
constexpr uint32_t kReadersPerTag = 24;
constexpr uint64_t kGenerationMask = ((1ull << 23) - 1) << kGenerationShift;
constexpr uint64_t kReadersMask = ((1ull << kReadersPerTag) - 1) << kReadersShift;
constexpr uint64_t kTagWords = 0xffff;
static_assert((kTagBit | kGenerationMask | kReadersMask | kTagWords) == ~0ull);
static_assert((make_epoch(kMaxChain, kMaxEpochNumber) & kTagBit) == 0);

constexpr bool is_tag(uint64_t word) { return (word & kTagBit) != 0; }

// Whether the word of a line says that the task read these words in its current epoch.
inline bool shared_hit(const Task& task, uint64_t word, uint32_t words) {
  if (task.ticket_epoch != task.epoch) return false;
  uint64_t others = kReadersMask & ~task.ticket;
  return ((word | kTagWords) & ~others) == (task.ticket | kTagWords) && (word & words) == words;
}

// The word for a line that the task visited for a plain read of `words`. `word` is what stands there; `redundant`: all
// that it read now was in the list already; `known`: all words that it read in this epoch. Returns a tag, or 0: the
// filter is to be the task's own.
uint64_t tag_after_read(Task& task, uint64_t word, bool redundant, uint32_t words, uint32_t known);

}  // namespace baton::detector
