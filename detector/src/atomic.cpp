// SPDX-License-Identifier: Apache-2.0
//
// Atomic instructions and fences (happens-before.md, "Atomics").
//
// The instruction runs between begin and end, while the line of its address is locked. So its value and the clock of
// its location change in one step: without that, a goroutine could read a value and not find the clock of the store
// that wrote it, which would be a false report.
//
//   acquire   the task joins the location's clock           (acquire, acq_rel, seq_cst, not for stores); before the
//             access is checked, for it happens after what it reads: a plain write before the release store, say
//   relaxed   reads leave the clock for the next acquire fence; a store ends a release sequence, or publishes what the
//             last release fence published; a read-modify-write continues the sequence
//   release   a store replaces the location's clock; a read-modify-write merges into it

#include "detector/include/baton/race_abi.h"
#include "detector/src/access.h"
#include "detector/src/sync.h"

namespace baton::detector {
namespace {

bool acquires(int order) {
  return order == BATON_CONSUME || order == BATON_ACQUIRE || order == BATON_ACQ_REL || order == BATON_SEQ_CST;
}
bool releases(int order) { return order == BATON_RELEASE || order == BATON_ACQ_REL || order == BATON_SEQ_CST; }

// Whether the instruction leaves a clock at its location.
bool publishes(const Task& task, int kind, int order) {
  return kind != BATON_ATOMIC_LOAD && task.ignore_sync == 0 && (releases(order) || !task.fence_release.empty());
}

void read_clock(Task& task, Snapshot& location, int order) {
  if (acquires(order)) {
    task.acquire_from(location);
    return;
  }
  if (location.origin != 0 && task.knows_all_of(location.origin)) return;
  location.seen = location.origin;
  task.fence_acquire.join(location.clock);
  if (location.origin != 0) task.fence_acquire.raise(location.origin);
}

void write_clock(Task& task, Snapshot& location, int kind, int order) {
  if (releases(order)) {
    if (kind == BATON_ATOMIC_RMW) {
      task.merge_again_to(location);
    } else {
      task.release_again_to(location);
    }
    return;
  }
  if (kind == BATON_ATOMIC_RMW) {
    // What the last release fence published is added to the release sequence.
    if (!task.fence_release.empty()) location.merge(task.fence_release.clock, task.fence_release.origin);
  } else {
    location.assign(task.fence_release);
  }
}

// What the instruction does to the clock of its location before and after its access. `location`: null if it has none.
void before_access(Task& task, SyncObject* location, int kind, int order) {
  if (location == nullptr || task.ignore_sync != 0) return;
  if (kind != BATON_ATOMIC_LOAD && releases(order) && task.released_unseen(*location)) {
    task.continue_epoch();
  } else if (kind != BATON_ATOMIC_STORE) {
    read_clock(task, *location, order);
  }
}

void after_access(Task& task, SyncObject* location, int kind, int order) {
  if (kind == BATON_ATOMIC_LOAD || task.ignore_sync != 0) return;
  if (location != nullptr) write_clock(task, *location, kind, order);
}

// What begin hands to end. The line's lock lives in the thread, not in the token: the two calls stand in one basic
// block with one instruction between them, so no other begin can come in between.
thread_local Line::Held held_line;

// Whether a load does what the task did in this epoch before, and there is nothing to learn from the location.
bool repeats_load(const Task& task, const SyncObject& location, size_t n) {
  if (!location.accesses.has(task.epoch, static_cast<uint32_t>(n), kAtomicRead)) return false;
  return location.origin != 0 ? task.knows_all_of(location.origin) : location.clock.empty();
}

struct Bytes {
  uintptr_t address;
  size_t n;
};

// `cell`: of the location; null if it has none.
[[gnu::noinline]] void end_access(Task& task, Line& line, Bytes bytes, int kind, int order, const CallSite& site,
                                  Cell* cell) {
  Line::Held held = held_line;
  const uintptr_t offset = bytes.address % kLineBytes;
  const size_t part = offset + bytes.n <= kLineBytes ? bytes.n : kLineBytes - offset;
  const Kind access_kind = kind == BATON_ATOMIC_LOAD ? kAtomicRead : kAtomicWrite;
  LazyContext context(site);
  Findings findings;
  const uint64_t mask = byte_mask(offset, part);
  SyncObject* location = nullptr;
  if (cell != nullptr) {
    cell->epoch |= mask;
    location = &sync_object(*cell);
  } else if (publishes(task, kind, order)) {
    location = sync_at(held, bytes.address, true, mask);
  }
  before_access(task, location, kind, order);
  access_atomically(task, line, held, mask, access_kind, context, findings, location);
  after_access(task, location, kind, order);
  line.unlock(held);
  if (!findings.empty()) findings.report(task, bytes.address, bytes.n, access_kind, site);
  // An atomic access that spans lines is not atomic on any machine that matters here; its rest is checked all the same.
  if (part < bytes.n) access(task, bytes.address + part, bytes.n - part, access_kind, site);
}

}  // namespace
}  // namespace baton::detector

using namespace baton::detector;

extern "C" void* __baton_atomic_begin(const void* p, size_t, uint64_t) {
  uintptr_t address = reinterpret_cast<uintptr_t>(p);
  if (current_task == nullptr || !is_application(address)) return nullptr;
  touch_page(address);
  Line& line = line_of(address);
  held_line = line.lock();
  return &line;
}

extern "C" void __baton_atomic_end(void* token, const void* p, size_t n, int kind, int order, uint64_t ctx) {
  if (token == nullptr) return;
  Task& task = *current_task;
  Line& line = *static_cast<Line*>(token);
  const uintptr_t address = reinterpret_cast<uintptr_t>(p);
  Cell* cell = nullptr;
  if (held_line.cells() != 0) cell = sync_cell(CellList(held_line.cells()), address % kLineBytes);
  if (kind == BATON_ATOMIC_LOAD && cell != nullptr && repeats_load(task, sync_object(*cell), n)) {
    line.unlock(held_line);
    return;
  }
  end_access(task, line, {address, n}, kind, order, BATON_CALL_SITE(&task, ctx), cell);
}

extern "C" void __baton_atomic_fence(int order, uint64_t) {
  Task* task = current_task;
  if (task == nullptr || task->ignore_sync != 0) return;
  if (acquires(order)) task->learnt |= task->clock.join(task->fence_acquire, task->epoch);
  if (acquires(order)) task->fence_acquire.clear();
  if (releases(order)) task->release_to(task->fence_release);
}
