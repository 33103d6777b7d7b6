// SPDX-License-Identifier: Apache-2.0
//
// A task: a logical thread, as the detector sees it. It has a vector clock and a current epoch.
//
// Invariants:
//  1. Every access of the task that is in the shadow carries an epoch whose number is at most number_of(epoch), or
//     number_of(newest) while an older epoch is continued.
//  2. Publishing (a release, the creation of a task) gives away the clock as of number N, and the task goes on at N+1.
//     It does so lazily: if nothing was recorded and nothing learnt since the last publication, N was published before
//     and means the same clock, so it is given again. Hence a pair (chain, N) stands for one clock, and whoever knows
//     N of a chain knows that whole clock: acquiring it again is one comparison. (Numbers below the chain's barrier
//     have lost that meaning: chain.h.)
//  3. `clock` holds what is known of other chains. The component of the own chain is the epoch's number.
//  4. A release that nobody saw ends no epoch. If a task acquires what it released last, gave its clock to nothing else
//     meanwhile, and nobody acquired that release, then nobody will ever know the epoch before the release without
//     knowing all that the task does until its next publication. So it continues that epoch: what it repeats need not
//     be recorded again. Epochs that it used outside are larger; the next publication gives away the largest
//     (`newest`). Hence a task's epochs do not only grow, but whoever knows one of its accesses knows all those before
//     it.
//
// Not thread-safe: a Task is used by the thread that runs it, or on its behalf while it cannot run.
#pragma once

#include <stdint.h>

#include <atomic>

#include "detector/src/chain.h"
#include "detector/src/clock.h"
#include "detector/src/epoch.h"
#include "detector/src/locks.h"

// The ticket of the running task for its current epoch (shared_readers.h); 0: none.
extern "C" __attribute__((visibility("hidden"))) __thread uint64_t baton_ticket;

namespace baton::detector {

// What a release leaves behind: everything in `clock`, and the chain of `origin` up to its number. origin 0: the clock
// alone, merged from several releases.
struct Snapshot {
  Clock clock;
  Epoch origin = 0;
  Epoch seen = 0;  // the origin when somebody last learnt from it

  bool empty() const { return origin == 0 && clock.empty(); }
  void clear() {
    clock.clear();
    origin = 0;
    seen = 0;
  }
  void assign(const Snapshot& other) {
    clock.assign(other.clock);
    origin = other.origin;
  }
  // Becomes the join of what it was and a clock with its origin.
  void merge(const Clock& other, Epoch other_origin);
};

struct Task {
  Epoch epoch = 0;
  int ignore_depth = 0;           // > 0: accesses are neither recorded nor checked
  int ignore_sync = 0;            // > 0: synchronisation makes no edges
  bool recorded = false;          // an entry of the shadow carries `epoch`
  bool recorded_outside = false;  // one that is not about the task's own stack
  bool learnt = true;             // the clock changed since the last publication
  bool owns_epochs = false;       // chain.h knows this task as the owner of its epochs
  uint32_t creation = 0;          // context of its creation; 0: the main task
  Epoch first_epoch = 0;          // it has had all of the chain's epochs from here on
  Epoch same_since = 0;           // every epoch published from this one on stands for the same clock of other chains
  Epoch known_owner = 0;          // an epoch all of which is known: quiet.h
  // Invariant 4. The snapshot that the last publication went to, if it was release_again_to() or merge_again_to(), and
  // the epoch which ended with it; while that one is continued, the largest epoch in use, else 0.
  Snapshot* last_release = nullptr;
  Epoch before_release = 0;
  Epoch newest = 0;
  uint64_t id = 0;
  uint64_t creator = 0;        // id of the task that created it
  uint64_t saved_context = 0;  // __baton_ctx while it does not run
  // shared_readers.h. The ticket is valid while `epoch` is ticket_epoch.
  uint64_t ticket = 0;
  Epoch ticket_epoch = 0;
  Epoch redundant_epoch = 0;
  uint32_t redundant_visits = 0;
  uintptr_t stack_begin = 0;
  uintptr_t stack_end = 0;
  Clock clock;
  HeldLocks held;
  Snapshot fence_release;  // the clock as of the last release fence: what later relaxed stores publish
  Clock fence_acquire;     // what relaxed loads saw: learnt by the next acquire fence

  // Notes that an entry about `address` carries the current epoch.
  void note_record(uintptr_t address) {
    recorded = true;
    recorded_outside |= address < stack_begin || address >= stack_end;
  }

  // Whether everything up to `other` happens before what the task does next.
  bool knows(Epoch other) const { return chain_of(other) == chain_of(epoch) || clock.knows(other); }

  // Whether all that was published as `origin` is known.
  bool knows_all_of(Epoch origin) const { return knows(origin) && stands_for_its_clock(origin); }

  // Whether `origin` is an epoch of this task, and stands for the same clock as the one published last.
  bool is_same_clock(Epoch origin) const { return origin >= same_since && origin < epoch; }

  // Returns the epoch to give away with the clock; see invariant 2.
  Epoch publish() {
    last_release = nullptr;
    return recorded || learnt ? publish_anew() : epoch - 1;
  }
  // release, release_merge and release_acquire of happens-before.md, onto a sync object's snapshot; and acquire from
  // one.
  void release_to(Snapshot& snapshot) {
    Epoch mine = publish();
    if (!is_same_clock(snapshot.origin)) snapshot.clock.assign(clock);
    snapshot.origin = mine;
  }
  void merge_to(Snapshot& snapshot) {
    Epoch mine = publish();
    if (is_same_clock(snapshot.origin)) {
      snapshot.origin = mine;
    } else {
      merge_anew(snapshot, mine);
    }
  }
  void exchange_with(Snapshot& snapshot);
  // Returns false if nothing in it was news.
  bool acquire_from(Snapshot& snapshot) { return !is_same_clock(snapshot.origin) && acquire_news(snapshot); }

  // The same for objects that one task often uses again and again (invariant 4). Nobody else may learn from the
  // snapshot between continue_epoch() and the next release to it: it is for the operations of one who holds a lock, or
  // does both under the lock of the object's line.
  void release_again_to(Snapshot& snapshot) {
    release_as([&] { release_to(snapshot); }, snapshot);
  }
  void merge_again_to(Snapshot& snapshot) {
    release_as([&] { merge_to(snapshot); }, snapshot);
  }
  // Whether the last publication went to this snapshot, and nobody has learnt from it.
  bool released_unseen(const Snapshot& snapshot) const {
    return last_release == &snapshot && newest == 0 && snapshot.origin == epoch - 1 && snapshot.seen != snapshot.origin;
  }
  void continue_epoch();
  // Whether what ends the continued epoch is no more than another number for the clock that the snapshot has; and that
  // release.
  bool continues_same_clock(const Snapshot& snapshot) const {
    return newest != 0 && last_release == &snapshot && !learnt && snapshot.origin >= same_since &&
           snapshot.origin < newest && number_of(newest) != kMaxEpochNumber;
  }
  void release_same_clock_to(Snapshot& snapshot) {
    snapshot.origin = newest;
    before_release = epoch;
    epoch = newest + 1;
    newest = 0;
    recorded = false;
    recorded_outside = false;
  }
  // Each learns what the other did before. `other` cannot run meanwhile.
  void meet(Task& other);

 private:
  template <class Release>
  void release_as(Release release, Snapshot& snapshot) {
    const Epoch ended = epoch;
    const bool anew = recorded || learnt;
    release();
    // Not if the clock had been given away before, or on another chain.
    if (!anew || snapshot.origin != epoch - 1 || chain_of(ended) != chain_of(epoch)) return;
    last_release = &snapshot;
    before_release = ended;
  }
  Epoch publish_anew();
  Epoch publish_here();
  [[gnu::noinline]] void exchange_news(Snapshot& snapshot);
  void merge_anew(Snapshot& snapshot, Epoch mine);
  bool acquire_news(Snapshot& snapshot);
  void learn(const Clock& other, Epoch origin);
  void renew_chain();
};

// Whether goroutine 1 is the only task that there has ever been. Then nothing is recorded: what it does before it makes
// the first other task happens before everything that comes later, and can race with nothing. Instrumented code is
// shown epoch 0 meanwhile, which is that of a line nobody has touched, and such a line's filter says that all was
// accessed: so its tests hit.
//
// Set when the detector starts, cleared by new_task(), in the one task there is: relaxed.
extern std::atomic<bool> alone;
inline bool is_alone() { return alone.load(std::memory_order_relaxed); }

// A new task that starts with the creator's clock (null: knows nothing). Takes over a finished chain if it can.
Task* new_task(Task* creator, uint64_t id, uint32_t creation);
// The task has ended; its chain may be taken over by a task that starts after it.
void end_task(Task* task);

// The task that is alive and on whose stack `address` lies; null if there is none.
const Task* task_of_stack(uintptr_t address);

// The OS threads on which tasks made accesses, for reports about thread-local variables: note_thread() once per thread;
// noted_thread(i) is its thread pointer, or 0 for one that is being noted.
void note_thread();
uint32_t noted_threads();
uintptr_t noted_thread(uint32_t i);

void init_tasks();

}  // namespace baton::detector
