// SPDX-License-Identifier: Apache-2.0

#include "detector/src/collect.h"

#include <algorithm>
#include <atomic>

#include "detector/src/access_set.h"
#include "detector/src/chain.h"
#include "detector/src/deferred_reads.h"
#include "detector/src/mem.h"
#include "detector/src/shadow.h"

namespace baton::detector {
namespace {

constexpr uint32_t kFewestOwners = 1 << 16;  // 1.5 MB
constexpr uint32_t kOwnersPerPage = 4;       // of the shadow: one for 64 lines

constinit std::atomic<bool> searching{false};
constinit std::atomic<uint32_t> due_at{kFewestOwners};  // written by whoever searches; relaxed: a hint

template <class T>
class Array {
 public:
  explicit Array(size_t count)
      : bytes_((count + 1) * sizeof(T)), items_(static_cast<T*>(reserve(bytes_, "a search of the shadow"))) {}
  ~Array() { give_back(items_, bytes_); }
  Array(const Array&) = delete;
  Array& operator=(const Array&) = delete;
  T* get() { return items_; }
  T& operator[](size_t i) { return items_[i]; }

 private:
  size_t bytes_;
  T* items_;
};

class Search {
 public:
  Search() : chains_(chain_count()), room_(owner_count()), owners_(room_), next_(chains_), named_(chains_) {}

  void run() {
    list_free_chains(next_.get(), chains_);
    count_ = list_finished_owners(owners_.get(), room_);
    std::sort(owners_.get(), owners_.get() + count_,
              [](const FinishedOwner& a, const FinishedOwner& b) { return a.first < b.first; });
    // In this order: a deferred read may move into the shadow meanwhile, nothing moves out of it.
    constexpr auto visit = [](Epoch epoch, void* search) { static_cast<Search*>(search)->see(epoch); };
    for_each_deferred_epoch(visit, this);
    for_each_epoch(visit, this);
    forget_owners(owners_.get(), count_);
    note_named(next_.get(), named_.get(), chains_);
  }

 private:
  void see(Epoch epoch) {
    const uint32_t chain = chain_of(epoch);
    if (epoch == last_seen_ || chain >= chains_) return;
    last_seen_ = epoch;
    named_[chain] = std::max(named_[chain], number_of(epoch));
    // The last owner that starts at or before the epoch. If it is not among the finished ones, an older one of the
    // chain is kept needlessly.
    FinishedOwner* end = owners_.get() + count_;
    FinishedOwner* after = std::upper_bound(owners_.get(), end, epoch,
                                            [](Epoch e, const FinishedOwner& owner) { return e < owner.first; });
    if (after != owners_.get() && chain_of(after[-1].first) == chain) after[-1].named = true;
  }

  const uint32_t chains_;
  const uint32_t room_;
  uint32_t count_ = 0;
  Epoch last_seen_ = 0;
  Array<FinishedOwner> owners_;
  Array<uint64_t> next_;
  Array<uint64_t> named_;
};

}  // namespace

void collect() {
  if (searching.exchange(true, std::memory_order_acquire)) return;  // pairs with the store below
  Search().run();
  const uint32_t least = std::max(kFewestOwners, kOwnersPerPage * touched_page_count());
  due_at.store(std::max(2 * owner_count(), owner_count() + least), std::memory_order_relaxed);
  searching.store(false, std::memory_order_release);
}

void collect_if_due() {
  if (owner_count() >= due_at.load(std::memory_order_relaxed)) collect();
}

}  // namespace baton::detector
