// SPDX-License-Identifier: Apache-2.0
//
// Reads of one byte that are not put into the shadow before somebody writes the byte: each send reads its channel, so
// that a close that is not ordered with it is a race, and in a new epoch each time. Here a read costs two comparisons.
//
// What is kept is what the shadow would keep: the newest read of each chain, unless a later one happens after it. What
// finds no room goes to the shadow at once. Guarded by the runtime's lock of the object.
#pragma once

#include <stdint.h>

#include "detector/src/context.h"
#include "detector/src/mem.h"
#include "detector/src/task.h"

namespace baton::detector {

struct DeferredReads {
  static constexpr int kRoom = 4;
  struct Read {
    Epoch epoch;    // 0: none
    uint64_t site;  // calling context and place
    ContextId context;
  };
  Read reads[kRoom];

  void add(Task& task, uintptr_t address, const CallSite& site);
  // The same for what most often happens: the reader is the one before, and at the same place. False: it is not so, and
  // nothing was done.
  bool add_again(Task& task, uintptr_t address, uint64_t hash, uintptr_t pc) {
    Read& last = reads[0];
    if (task.ignore_depth != 0 || !task.owns_epochs || last.context == 0 || last.site != (hash ^ pc) ||
        chain_of(last.epoch) != chain_of(task.epoch)) {
      return false;
    }
    if (last.epoch == task.epoch) return true;
    __atomic_store_n(&last.epoch, task.epoch, __ATOMIC_RELAXED);  // pairs with for_each_deferred_epoch()
    task.note_record(address);
    return true;
  }
  // Puts all into the shadow.
  void settle(uintptr_t address);
};

void init_deferred_reads();

// The reads that a runtime keeps as a number (race_hooks.h); made, if there are none yet.
inline constinit Pool<DeferredReads, 1u << 26> deferred_reads;
void make_deferred_reads(uint32_t* number);
inline DeferredReads& deferred_reads_of(uint32_t* number) {
  if (*number == 0) make_deferred_reads(number);
  return deferred_reads[*number];
}
void free_deferred_reads(uint32_t number);

// Calls visit(epoch, argument) for every read that is deferred. Takes no lock of the runtime: of a task that runs it
// may miss an epoch.
void for_each_deferred_epoch(void (*visit)(Epoch epoch, void* argument), void* argument);

}  // namespace baton::detector
