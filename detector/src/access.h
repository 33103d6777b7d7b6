// SPDX-License-Identifier: Apache-2.0
//
// An access meets the shadow: the check for races and the record, in one step under the line's lock.
//
// The rule is that of visit.h.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "detector/include/baton/race_abi.h"
#include "detector/src/chain.h"
#include "detector/src/context.h"
#include "detector/src/shadow.h"
#include "detector/src/task.h"

namespace baton::detector {

// The task that runs on this thread; null: none, and then nothing is checked or recorded.
extern constinit thread_local Task* current_task;

// Lets instrumented code know the epoch of the running task.
inline void show_epoch(const Task& task) {
  __baton_epoch = is_alone() ? 0 : task.epoch;
  baton_ticket = task.ticket_epoch == task.epoch ? task.ticket : 0;
}

// Makes `task` the one that runs on this thread; null: none.
inline void set_current_task(Task* task) {
  current_task = task;
  if (task != nullptr) {
    show_epoch(*task);
  } else {
    __baton_epoch = BATON_NO_EPOCH;
    baton_ticket = 0;
  }
}

// A call of the detector at `pc`, from the function whose calling context is `hash`; `frame` is the frame address of
// the detector's function that was entered first.
inline CallSite call_site(const Task& task, uint64_t hash, const void* pc, const void* frame) {
  return {hash, reinterpret_cast<uintptr_t>(pc), reinterpret_cast<uintptr_t>(frame), task.stack_end};
}

// The call of the function that contains this expression, for task `task`. A macro: the addresses are those of the
// function that it stands in.
#define BATON_CALL_SITE(task, hash) \
  ::baton::detector::call_site(*(task), (hash), __builtin_return_address(0), __builtin_frame_address(0))

// Checks and records an access to [address, address+size), which may span lines; size may be 0. Does nothing while the
// task ignores accesses. Reports races before it returns.
void access(Task& task, uintptr_t address, size_t size, Kind kind, const CallSite& site);

// The same for the bytes address + i with bit i of `mask` set.
void access_mask(Task& task, uintptr_t address, uint64_t mask, Kind kind, const CallSite& site);

// Races found under a line's lock, reported after it is released. However many there are, they are found in one visit:
// a second one, after the first races were reported, would see another moment of the line, and for an atomic operation
// a later clock of the task.
class Findings {
 public:
  // Notes that the access of `context` races at `mask` with an earlier one. A pair of stacks that was reported before
  // is not noted.
  void add(Epoch epoch, ContextId earlier, Kind kind, uint64_t mask, ContextId context);
  bool empty() const { return count_ == 0; }
  // Prints what was noted, for an access to [address, address+size).
  void report(const Task& task, uintptr_t address, size_t size, Kind kind, const CallSite& site);

 private:
  static constexpr uint32_t kRoom = 8;  // what is beyond goes to memory of the thread
  struct Found {
    Owner owner;
    Epoch epoch;
    uint64_t mask;
    ContextId context;
    Kind kind;
  };
  static Found* more();
  Found& at(uint32_t i) { return i < kRoom ? found_[i] : more()[i - kRoom]; }

  uint32_t count_ = 0;
  Found found_[kRoom];
};

// Records an access that was made at `epoch` and kept elsewhere since then, to bytes within one line. Checks nothing.
void add_cell(uintptr_t address, size_t size, Kind kind, Epoch epoch, ContextId context);

}  // namespace baton::detector
