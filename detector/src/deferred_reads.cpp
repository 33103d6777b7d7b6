// SPDX-License-Identifier: Apache-2.0

#include "detector/src/deferred_reads.h"

#include <new>

#include "detector/src/access.h"
#include "detector/src/chain.h"
#include "detector/src/mem.h"

namespace baton::detector {

void init_deferred_reads() { deferred_reads.init("reads of channels"); }

void make_deferred_reads(uint32_t* number) {
  *number = deferred_reads.alloc();
  new (&deferred_reads[*number]) DeferredReads{};
}

void free_deferred_reads(uint32_t number) {
  new (&deferred_reads[number]) DeferredReads{};
  deferred_reads.free(number);
}

void for_each_deferred_epoch(void (*visit)(Epoch epoch, void* argument), void* argument) {
  for (uint32_t i = 1; i < deferred_reads.used(); ++i) {
    for (const DeferredReads::Read& read : deferred_reads[i].reads) {
      const Epoch epoch = __atomic_load_n(&read.epoch, __ATOMIC_RELAXED);  // pairs with add_again()
      if (epoch != 0) visit(epoch, argument);
    }
  }
}

void DeferredReads::add(Task& task, uintptr_t address, const CallSite& site) {
  if (task.ignore_depth != 0) return;
  const uint64_t place = site.hash ^ site.pc;
  Read* free = nullptr;
  for (Read& read : reads) {
    if (read.epoch == task.epoch) return;
    if (chain_of(read.epoch) == chain_of(task.epoch) && read.epoch != 0) free = &read;
  }
  for (Read& read : reads) {
    if (free == nullptr && (read.epoch == 0 || task.knows(read.epoch))) free = &read;
  }
  if (free == nullptr) {
    access(task, address, 1, kRead, site);
    return;
  }
  if (free->site != place || free->context == 0) {
    free->site = place;
    free->context = context_of(site);
  }
  __atomic_store_n(&free->epoch, task.epoch, __ATOMIC_RELAXED);  // pairs with for_each_deferred_epoch()
  if (!task.owns_epochs) own_epochs(task);
  task.note_record(address);
}

void DeferredReads::settle(uintptr_t address) {
  for (Read& read : reads) {
    if (read.epoch != 0) add_cell(address, 1, kRead, read.epoch, read.context);
    read = {};
  }
}

}  // namespace baton::detector
