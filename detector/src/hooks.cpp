// SPDX-License-Identifier: Apache-2.0
//
// The entry points of a runtime (race_hooks.h).

#include "detector/include/baton/race_hooks.h"

#include "detector/include/baton/race_abi.h"
#include "detector/src/access.h"
#include "detector/src/access_set.h"
#include "detector/src/chain.h"
#include "detector/src/clock.h"
#include "detector/src/cold.h"
#include "detector/src/deferred_reads.h"
#include "detector/src/freed_blocks.h"
#include "detector/src/interpose.h"
#include "detector/src/options.h"
#include "detector/src/recent.h"
#include "detector/src/report.h"
#include "detector/src/slow_calls.h"
#include "detector/src/sync.h"

using namespace baton::detector;

namespace {

constinit Task* main_task = nullptr;  // set once by start_detector()

// The C name is opaque: a task is handed out and taken back as it is.
baton_task* opaque(Task* task) { return reinterpret_cast<baton_task*>(task); }
Task* task_of(baton_task* task) { return reinterpret_cast<Task*>(task); }

uintptr_t address_of(const void* p) { return reinterpret_cast<uintptr_t>(p); }

// The frame address is this function's: the stack is unwound from here, and shown from `pc` on.
[[gnu::noinline]] void object_access(const void* p, size_t n, Kind kind, const void* pc) {
  Task* task = current_task;
  if (task == nullptr) return;
  access(*task, address_of(p), n, kind, call_site(*task, __baton_ctx, pc, __builtin_frame_address(0)));
}

[[gnu::noinline]] void exchange_with_new(Task& task, baton_clock* clock) { task.exchange_with(clock_of(clock)); }

// Without a frame where the clock is there, as the one of a slot is after the first round.
inline void exchange(Task* task, baton_clock* clock) {
  if (task == nullptr || task->ignore_sync != 0) return;
  if (*clock == 0) {
    exchange_with_new(*task, clock);
  } else {
    task->exchange_with(clocks[*clock]);
  }
}

[[gnu::noinline]] void add_read(Task& task, baton_reads* reads, const void* p, const void* pc) {
  const CallSite site = call_site(task, __baton_ctx, pc, __builtin_frame_address(0));
  deferred_reads_of(reads).add(task, address_of(p), site);
}

// An atomic access to the n bytes at `address`, and then clocks(held, object), which works on the clocks of its line:
// all under one lock. `object` is the one at `address`. begin(held, object) comes before the access. Neither is called
// while the task ignores synchronisation.
template <class Begin, class Clocks>
[[gnu::always_inline]] inline void operate(Task& task, uintptr_t address, size_t n, Kind kind, const CallSite& site,
                                           LazyContext& context, Begin begin, Clocks clocks) {
  uintptr_t offset = address % kLineBytes;
  size_t part = offset + n <= kLineBytes ? n : kLineBytes - offset;
  if (part < n) access(task, address + part, n - part, kind, site);
  touch_page(address);
  Findings findings;
  Line& line = line_of(address);
  Line::Held held = line.lock();
  const uint64_t mask = byte_mask(offset, part);
  SyncObject* object = sync_at(held, address, task.ignore_sync == 0, mask);
  if (task.ignore_sync == 0) begin(held, *object);
  access_atomically(task, line, held, mask, kind, context, findings, object);
  if (task.ignore_sync == 0) clocks(held, *object);
  line.unlock(held);
  if (!findings.empty()) findings.report(task, address, n, kind, site);
}

constexpr auto kNothing = [](Line::Held&, SyncObject&) {};

enum class ClockOperation { kNone, kAcquire, kRelease, kReleaseMerge };

// The frame address is this function's: the stack is unwound from here, and shown from `pc` on. The same below.
[[gnu::noinline]] void object_operation(const void* obj, size_t n, Kind kind, ClockOperation operation,
                                        const void* pc) {
  Task* task = current_task;
  if (task == nullptr) return;
  const CallSite site = call_site(*task, __baton_ctx, pc, __builtin_frame_address(0));
  const uintptr_t address = address_of(obj);
  LazyContext context(site);
  operate(*task, address, n, kind, site, context, kNothing, [&](Line::Held&, SyncObject& object) {
    switch (operation) {
      case ClockOperation::kNone:
        break;
      case ClockOperation::kAcquire:
        task->acquire_from(object);
        break;
      case ClockOperation::kRelease:
        task->release_to(object);
        break;
      case ClockOperation::kReleaseMerge:
        task->merge_to(object);
    }
  });
}

// ---- Locks ---------------------------------------------------------------------------------------------------------
//
// Who holds a lock alone may look at its clock without the line's lock. So a task that takes a lock again which nobody
// took meanwhile is done without: no new epoch, nothing to learn, nothing to record (task.h, invariant 4).

// The object at `address`, if the task's last release went to it, and it has the access of the epoch that ended with
// it.
SyncObject* released_last(const Task& task, uintptr_t address, size_t n, Epoch epoch) {
  if (task.last_release == nullptr) return nullptr;
  SyncObject* object = static_cast<SyncObject*>(task.last_release);
  const uintptr_t offset = address % kLineBytes;
  const bool is_it = object->address == address && offset + n <= kLineBytes &&
                     object->accesses.has(epoch, static_cast<uint32_t>(n), kAtomicWrite) && task.ignore_sync == 0 &&
                     task.ignore_depth == 0;
  return is_it ? object : nullptr;
}

bool taken_again(Task& task, uintptr_t address, size_t n) {
  const SyncObject* object = released_last(task, address, n, task.before_release);
  if (object == nullptr || !task.released_unseen(*object)) return false;
  task.continue_epoch();
  return true;
}

bool left_again(Task& task, uintptr_t address, size_t n) {
  SyncObject* object = released_last(task, address, n, task.epoch);
  if (object == nullptr || !task.continues_same_clock(*object)) return false;
  task.release_same_clock_to(*object);
  show_epoch(task);
  return true;
}

// Taking a lock is an access that happens before what it makes known. But if no plain access of its bytes becomes
// known, the clock may come first: then the access replaces those of the others at once, and leaving the lock, in the
// same epoch, needs none of its own.
[[gnu::noinline]] void lock_taken(const void* lock, const void* obj, size_t n, int kind, const void* pc) {
  Task* task = current_task;
  if (task == nullptr) return;
  const CallSite site = call_site(*task, __baton_ctx, pc, __builtin_frame_address(0));
  LazyContext context(site);
  const uintptr_t address = address_of(obj);
  if (kind != BATON_LOCK || !taken_again(*task, address, n)) {
    bool is_acquired = false;
    const auto acquire = [&](Line::Held& held, SyncObject& object) {
      task->acquire_from(object);
      if (kind != BATON_WRITE_LOCK) return;
      if (Snapshot* readers = sync_at(held, address + 1, false)) task->acquire_from(*readers);
    };
    const auto begin = [&](Line::Held& held, SyncObject& object) {
      if (kind == BATON_READ_LOCK) return;  // those who read at the same time stay unknown
      if (task->released_unseen(object)) {
        task->continue_epoch();
        is_acquired = kind == BATON_LOCK;
      } else if (kind == BATON_LOCK && task->is_same_clock(object.origin)) {
        is_acquired = true;  // there is nothing to learn
      } else if (address % kLineBytes + n <= kLineBytes &&
                 knows_plain_accesses(*task, held, byte_mask(address % kLineBytes, n), kAtomicWrite)) {
        acquire(held, object);
        is_acquired = true;
      }
    };
    operate(*task, address, n, kAtomicWrite, site, context, begin, [&](Line::Held& held, SyncObject& object) {
      if (!is_acquired) acquire(held, object);
    });
  }
  task->held.take(address_of(lock), kind == BATON_READ_LOCK, context.get());
}

[[gnu::noinline]] void lock_left(const void* lock, const void* obj, size_t n, int kind, const void* pc) {
  Task* task = current_task;
  if (task == nullptr) return;
  const uintptr_t address = address_of(obj);
  if (kind != BATON_LOCK || !left_again(*task, address, n)) {
    const CallSite site = call_site(*task, __baton_ctx, pc, __builtin_frame_address(0));
    LazyContext context(site);
    operate(*task, address, n, kAtomicWrite, site, context, kNothing, [&](Line::Held& held, SyncObject& object) {
      if (kind == BATON_READ_LOCK) {
        task->merge_to(*sync_at(held, address + 1, true));
      } else {
        task->release_again_to(object);
      }
    });
  }
  task->held.leave(address_of(lock));
}

void start_detector() {
  use_interposed_malloc();
  use_interposed_pthread();
  use_interposed_thread();
  use_interposed_strings();
  use_interposed_files();
  use_interposed_map();
  parse_options();
  if (options.stats != 0) start_counting();
  init_reports();
  Clock::init_pools();
  init_contexts();
  init_locks();
  init_tasks();
  init_chains();
  init_sync();
  init_files();
  init_deferred_reads();
  init_sets();
  init_freed_blocks();
  init_shadow();
  init_cold_path();
  main_task = new_task(nullptr, 1, 0);
  alone.store(true, std::memory_order_relaxed);
  set_current_task(main_task);
}

}  // namespace

extern "C" {

baton_task* __baton_race_start() {
  if (main_task == nullptr) start_detector();
  main_task->stack_end = end_of_program_frames(address_of(__builtin_frame_address(0)));
  return opaque(main_task);
}

baton_task* __baton_task_create(uint64_t id, const void* pc) {
  Task* creator = current_task;
  ContextId creation = 0;
  if (creator != nullptr) {
    creation =
        with_ancestry(context_of(call_site(*creator, __baton_ctx, pc, __builtin_frame_address(0))), creator->creation);
  }
  return opaque(new_task(creator != nullptr ? creator : main_task, id, creation));
}

void __baton_task_stack(baton_task* task, const void* lo, const void* hi) {
  task_of(task)->stack_begin = address_of(lo);
  task_of(task)->stack_end = address_of(hi);
}

baton_task* __baton_task_current() { return current_task != nullptr ? opaque(current_task) : nullptr; }

void __baton_task_switch(baton_task* task) {
  Task* from = current_task;
  Task* to = task_of(task);
  if (from != nullptr) from->saved_context = __baton_ctx;
  if (to != nullptr) __baton_ctx = to->saved_context;
  set_current_task(to);
  forget_all_recent();
}

void __baton_task_end(baton_task* task) {
  if (current_task == task_of(task)) set_current_task(nullptr);
  end_task(task_of(task));
}

void __baton_mem_reset(const void* lo, size_t n) { reset_shadow(address_of(lo), n); }

void __baton_acquire(const void* obj) {
  if (Task* task = current_task) acquire(*task, address_of(obj));
}
void __baton_release(const void* obj) {
  if (Task* task = current_task) release(*task, address_of(obj));
}
void __baton_release_merge(const void* obj) {
  if (Task* task = current_task) release_merge(*task, address_of(obj));
}
void __baton_release_acquire(const void* obj) {
  if (Task* task = current_task) release_acquire(*task, address_of(obj));
}
void __baton_acquire_for(baton_task* task, const void* obj) { acquire(*task_of(task), address_of(obj)); }
void __baton_release_for(baton_task* task, const void* obj) { release(*task_of(task), address_of(obj)); }
void __baton_release_merge_for(baton_task* task, const void* obj) { release_merge(*task_of(task), address_of(obj)); }
void __baton_release_acquire_for(baton_task* task, const void* obj) {
  release_acquire(*task_of(task), address_of(obj));
}

void __baton_clock_release_acquire(baton_clock* clock) { exchange(current_task, clock); }
void __baton_clock_release_acquire_for(baton_task* task, baton_clock* clock) { exchange(task_of(task), clock); }
void __baton_clock_free(baton_clock* clocks, size_t n) {
  for (size_t i = 0; i < n; ++i) {
    if (clocks[i] != 0) free_clock(clocks[i]);
    clocks[i] = 0;
  }
}

void __baton_meet(baton_task* parked) {
  Task* task = current_task;
  if (task == nullptr || parked == nullptr) return;
  if (task->ignore_sync == 0 && task_of(parked)->ignore_sync == 0) task->meet(*task_of(parked));
}

void __baton_reads_add(baton_reads* reads, const void* p, const void* pc) {
  Task* task = current_task;
  if (task == nullptr) return;
  const bool is_again =
      *reads != 0 && deferred_reads[*reads].add_again(*task, address_of(p), __baton_ctx, address_of(pc));
  if (!is_again) add_read(*task, reads, p, pc);
}
void __baton_reads_settle(baton_reads* reads, const void* p) {
  if (*reads != 0) deferred_reads_of(reads).settle(address_of(p));
}
void __baton_reads_free(baton_reads* reads) {
  if (*reads != 0) free_deferred_reads(*reads);
  *reads = 0;
}

void __baton_object_read(const void* p, size_t n, const void* pc) { object_access(p, n, kRead, pc); }
void __baton_object_write(const void* p, size_t n, const void* pc) { object_access(p, n, kWrite, pc); }
void __baton_object_atomic(const void* p, size_t n, int is_write, const void* pc) {
  object_operation(p, n, is_write != 0 ? kAtomicWrite : kAtomicRead, ClockOperation::kNone, pc);
}

void __baton_object_acquire(const void* obj, size_t n, const void* pc) {
  object_operation(obj, n, kAtomicWrite, ClockOperation::kAcquire, pc);
}
void __baton_object_release(const void* obj, size_t n, const void* pc) {
  object_operation(obj, n, kAtomicWrite, ClockOperation::kRelease, pc);
}
void __baton_object_release_merge(const void* obj, size_t n, const void* pc) {
  object_operation(obj, n, kAtomicWrite, ClockOperation::kReleaseMerge, pc);
}

void __baton_lock_taken(const void* lock, const void* obj, size_t n, int kind, const void* pc) {
  lock_taken(lock, obj, n, kind, pc);
}
void __baton_lock_left(const void* lock, const void* obj, size_t n, int kind, const void* pc) {
  lock_left(lock, obj, n, kind, pc);
}

void __baton_ignore_begin() {
  if (Task* task = current_task) ++task->ignore_depth;
}
void __baton_ignore_end() {
  if (Task* task = current_task) --task->ignore_depth;
}

void __baton_ignore_sync_begin() {
  if (Task* task = current_task) ++task->ignore_sync;
}
void __baton_ignore_sync_end() {
  if (Task* task = current_task; task != nullptr && task->ignore_sync > 0) --task->ignore_sync;
}

uint64_t __baton_race_count() { return race_count(); }

int __baton_race_finish(int status) { return finish_reports(status); }

}  // extern "C"
