// SPDX-License-Identifier: Apache-2.0
//
// What this thread has just recorded: a small direct-mapped table from lines to "the bytes that were read and written
// in this epoch". It answers where the filter of a line cannot: for accesses to parts of words, and for lines that
// several goroutines use in turn (readers of a shared table above all), each of which would find another's epoch in the
// filter and go through the lock every time.
//
// Invariant: an entry for epoch E says that accesses at least as strong, of epoch E, are in the shadow. It holds
// because nobody removes an access of an epoch which is still running, except a reset of its memory:
//   * by this thread: reset_shadow() comes here;
//   * by the same task on another thread: every switch of tasks empties the table;
//   * by another task: then the memory was freed under a user of it, which the free itself finds.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "detector/src/shadow.h"

namespace baton::detector {

struct RecentLine {
  const Line* line;
  Epoch epoch;
  Recorded recorded;
  uint32_t generation;
};

constexpr uint32_t kRecentLines = 256;

inline thread_local RecentLine recent_lines[kRecentLines] = {};
inline thread_local uint32_t recent_generation = 1;

inline RecentLine& recent_line(uintptr_t address) { return recent_lines[address / kLineBytes % kRecentLines]; }

// What is known of the line of `address` in this epoch; nothing, if the table does not have it.
inline Recorded recently_recorded(uintptr_t address, Epoch epoch) {
  const RecentLine& recent = recent_line(address);
  bool found = recent.line == &line_of(address) && recent.epoch == epoch && recent.generation == recent_generation;
  return found ? recent.recorded : Recorded{};
}

// After an access.
inline void note_recent(uintptr_t address, Epoch epoch, Recorded recorded) {
  const Recorded before = recently_recorded(address, epoch);
  recorded = {recorded.read | before.read, recorded.written | before.written};
  recent_line(address) = {&line_of(address), epoch, recorded, recent_generation};
}

inline void forget_all_recent() { ++recent_generation; }

inline void forget_recent(uintptr_t lo, size_t n) {
  if (n >= kRecentLines * kLineBytes) {
    forget_all_recent();
    return;
  }
  for (uintptr_t address = lo & ~(kLineBytes - 1); address < lo + n; address += kLineBytes) {
    RecentLine& recent = recent_line(address);
    if (recent.line == &line_of(address)) recent.line = nullptr;
  }
}

}  // namespace baton::detector
