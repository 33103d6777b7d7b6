// SPDX-License-Identifier: Apache-2.0

#include "detector/src/chain.h"

#include "detector/src/mem.h"
#include "detector/src/task.h"

namespace baton::detector {
namespace {

struct Chain {
  uint64_t known;  // who takes it over has to know this number
  uint64_t next;   // and starts with this one
  uint32_t owner;  // newest owner
  uint32_t next_free;
};

// The most recently finished chains are tried: the ones a creator just waited for. More is rarely worth its time.
constexpr int kCandidates = 16;

constinit Pool<Owner, 1u << 30> owners;
constinit SpinLock lock;            // guards everything below
constinit Chain* chains = nullptr;  // index: chain
constinit uint32_t opened = 0;
constinit uint32_t free_chains = 0;  // list through next_free, index + 1; newest first

Epoch open_chain() {
  if (opened > kMaxChain) die("chains: more than 134 million tasks alive");
  uint32_t chain = opened++;
  return make_epoch(chain, 1);
}

}  // namespace

void init_chains() {
  owners.init("owners of epochs");
  chains = static_cast<Chain*>(reserve(sizeof(Chain) * (static_cast<size_t>(kMaxChain) + 1), "chains"));
}

Epoch take_chain(const Clock& clock) {
  SpinLockHolder hold(lock);
  uint32_t* link = &free_chains;
  for (int i = 0; i < kCandidates && *link != 0; ++i) {
    uint32_t chain = *link - 1;
    if (clock.get(chain) >= chains[chain].known && chains[chain].next <= kMaxEpochNumber) {
      *link = chains[chain].next_free;
      return make_epoch(chain, chains[chain].next);
    }
    link = &chains[chain].next_free;
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
  // The current number counts only if something carries it; all smaller ones were published.
  chain.known = number_of(task.epoch) - (task.recorded_outside ? 0 : 1);
  chain.next = number_of(task.epoch) + (task.recorded ? 1 : 0);
  if (task.owns_epochs) owners[chain.owner].finished = true;
  chain.next_free = free_chains;
  free_chains = chain_of(task.epoch) + 1;
}

void own_epochs(Task& task) {
  SpinLockHolder hold(lock);
  Chain& chain = chains[chain_of(task.epoch)];
  uint32_t index = owners.alloc();
  owners[index] = {task.id, number_of(task.epoch), 0, task.creation, chain.owner};
  chain.owner = index;
  task.owns_epochs = true;
}

Owner owner_of(Epoch epoch) {
  SpinLockHolder hold(lock);
  uint32_t index = chains[chain_of(epoch)].owner;
  while (index != 0 && owners[index].first_number > number_of(epoch)) index = owners[index].previous;
  return owners[index];
}

uint32_t chain_count() {
  SpinLockHolder hold(lock);
  return opened;
}

}  // namespace baton::detector
