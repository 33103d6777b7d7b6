// SPDX-License-Identifier: Apache-2.0

#include "detector/src/chain.h"

#include "detector/src/mem.h"
#include "detector/src/task.h"

namespace baton::detector {
namespace {

struct Chain {
  uint64_t known;    // who takes it over has to know this number,
  uint64_t named;    // or this one, and then the barrier rises
  uint64_t next;     // and starts with this one
  uint64_t barrier;  // see stands_for_its_clock(); written under the lock, read without it
  uint32_t owner;    // newest owner; 0: none is kept
  uint32_t next_free;
  uint32_t previous_free;
  bool is_free;
};

// Free chains are tried from both ends of their list: the newest are those of tasks the creator just waited for, the
// oldest those of tasks that somebody waited for while others were created. More is rarely worth its time.
constexpr int kNewest = 4;
constexpr int kOldest = 8;

constexpr uint32_t kEnd = UINT32_MAX;

using OwnerPool = Pool<Owner, 1u << 30>;
constinit OwnerPool owners;
constinit SpinLock lock;  // guards everything below
constinit uint32_t owners_kept = 0;
constinit Chain* chains = nullptr;  // index: chain
constinit uint32_t opened = 0;
constinit uint32_t newest_free = kEnd;  // the list of free chains
constinit uint32_t oldest_free = kEnd;

void put_newest(uint32_t chain) {
  chains[chain].is_free = true;
  chains[chain].next_free = newest_free;
  chains[chain].previous_free = kEnd;
  (newest_free == kEnd ? oldest_free : chains[newest_free].previous_free) = chain;
  newest_free = chain;
}

void remove_free(uint32_t chain) {
  const Chain& c = chains[chain];
  (c.previous_free == kEnd ? newest_free : chains[c.previous_free].next_free) = c.next_free;
  (c.next_free == kEnd ? oldest_free : chains[c.next_free].previous_free) = c.previous_free;
  chains[chain].is_free = false;
}

Epoch open_chain() {
  if (opened > kMaxChain) die("chains: more than 134 million tasks alive");
  uint32_t chain = opened++;
  return make_epoch(chain, 1);
}

// Takes the free chain if a task that starts with `clock` may.
bool take(uint32_t chain, const Clock& clock) {
  Chain& c = chains[chain];
  if (c.next > kMaxEpochNumber) return false;
  const uint64_t knows = clock.get(chain);
  if (knows < c.known) {
    if (knows < c.named) return false;
    __atomic_store_n(&c.barrier, c.next, __ATOMIC_RELAXED);
  }
  remove_free(chain);
  return true;
}

}  // namespace

void init_chains() {
  owners.init("owners of epochs");
  chains = static_cast<Chain*>(reserve(sizeof(Chain) * (static_cast<size_t>(kMaxChain) + 1), "chains"));
}

Epoch take_chain(const Clock& clock) {
  SpinLockHolder hold(lock);
  uint32_t chain = newest_free;
  for (int i = 0; i < kNewest && chain != kEnd; ++i, chain = chains[chain].next_free) {
    if (take(chain, clock)) return make_epoch(chain, chains[chain].next);
  }
  for (int i = 0; i < kOldest && oldest_free != kEnd; ++i) {
    chain = oldest_free;
    if (take(chain, clock)) return make_epoch(chain, chains[chain].next);
    remove_free(chain);  // to the other end: others get their turn
    put_newest(chain);
  }
  return open_chain();
}

Epoch fresh_chain() {
  SpinLockHolder hold(lock);
  return open_chain();
}

void leave_chain(Task& task) {
  SpinLockHolder hold(lock);
  Chain& chain = chains[chain_of(task.epoch)];
  // The last number counts only if something carries it; all smaller ones were published.
  const bool continues = task.newest != 0;
  const uint64_t last = number_of(continues ? task.newest : task.epoch);
  chain.known = last - (continues || task.recorded_outside ? 0 : 1);
  chain.named = chain.known;
  chain.next = last + (continues || task.recorded ? 1 : 0);
  if (task.owns_epochs) owners[chain.owner].finished = true;
  put_newest(chain_of(task.epoch));
}

void own_epochs(Task& task) {
  SpinLockHolder hold(lock);
  Chain& chain = chains[chain_of(task.epoch)];
  uint32_t index = owners.alloc();
  owners[index] = {task.id, number_of(task.first_epoch), 0, task.creation, chain.owner};
  chain.owner = index;
  __atomic_store_n(&owners_kept, owners_kept + 1, __ATOMIC_RELAXED);
  task.owns_epochs = true;
}

Owner owner_of(Epoch epoch) {
  SpinLockHolder hold(lock);
  uint32_t index = chains[chain_of(epoch)].owner;
  while (index != 0 && owners[index].first_number > number_of(epoch)) index = owners[index].previous;
  return owners[index];
}

bool stands_for_its_clock(Epoch epoch) {
  // Relaxed: who knows an epoch of the task that raised the barrier learnt it after that, through a lock.
  return number_of(epoch) >= __atomic_load_n(&chains[chain_of(epoch)].barrier, __ATOMIC_RELAXED);
}

uint32_t chain_count() {
  SpinLockHolder hold(lock);
  return opened;
}

// Without the lock: a hint.
uint32_t owner_count() { return __atomic_load_n(&owners_kept, __ATOMIC_RELAXED); }

uint32_t list_finished_owners(FinishedOwner* list, uint32_t room) {
  SpinLockHolder hold(lock);
  uint32_t count = 0;
  for (uint32_t chain = 0; chain < opened; ++chain) {
    for (uint32_t i = chains[chain].owner; i != 0 && count < room; i = owners[i].previous) {
      if (owners[i].finished) list[count++] = {make_epoch(chain, owners[i].first_number), i, false};
    }
  }
  return count;
}

void list_free_chains(uint64_t* next, uint32_t count) {
  SpinLockHolder hold(lock);
  for (uint32_t chain = 0; chain < count; ++chain) next[chain] = chains[chain].is_free ? chains[chain].next : 0;
}

void forget_owners(const FinishedOwner* list, uint32_t count) {
  SpinLockHolder hold(lock);
  // A finished owner of no number: the walk below takes these out.
  constexpr uint64_t kForgotten = (1ull << 63) - 1;
  for (uint32_t i = 0; i < count; ++i) {
    if (!list[i].named) owners[list[i].index].first_number = kForgotten;
  }
  for (uint32_t chain = 0; chain < opened; ++chain) {
    for (uint32_t* link = &chains[chain].owner; *link != 0;) {
      const uint32_t index = *link;
      if (owners[index].first_number != kForgotten) {
        link = &owners[index].previous;
        continue;
      }
      *link = owners[index].previous;
      owners.free(index);
      __atomic_store_n(&owners_kept, owners_kept - 1, __ATOMIC_RELAXED);
    }
  }
}

void note_named(const uint64_t* next, const uint64_t* named, uint32_t count) {
  SpinLockHolder hold(lock);
  for (uint32_t chain = 0; chain < count; ++chain) {
    // A chain that was taken since then, and used, has another number to go on with.
    Chain& c = chains[chain];
    if (c.is_free && c.next == next[chain] && named[chain] < c.named) c.named = named[chain];
  }
}

}  // namespace baton::detector
