// SPDX-License-Identifier: Apache-2.0
//
// The detector as the runtime sees it. In libbaton_race.a (BATON_RACE) each function calls its namesake of
// race_hooks.h; in libbaton.a each is empty and costs nothing, so callers need no #if.
//
// Rules:
//  * No task is current while a thread runs scheduler code: there only the forms with a task do anything.
//  * A goroutine's task is g->task; it is null in builds without the detector.
#pragma once

#include <stddef.h>
#include <stdint.h>

#if BATON_RACE
#include "detector/include/baton/race_hooks.h"
#else
struct baton_task;
#endif

namespace baton::rt::race {

using Task = ::baton_task;

#if BATON_RACE
inline constexpr bool kEnabled = true;
#define BATON_RACE_HOOK(...) __VA_ARGS__
#define BATON_RACE_VALUE(call, otherwise) return call
#else
inline constexpr bool kEnabled = false;
#define BATON_RACE_HOOK(...)
#define BATON_RACE_VALUE(call, otherwise) return otherwise
#endif

// Life of tasks.
inline Task* start() noexcept { BATON_RACE_VALUE(__baton_race_start(), nullptr); }
inline int finish(int status) noexcept { BATON_RACE_VALUE(__baton_race_finish(status), status); }
inline Task* task_create([[maybe_unused]] uint64_t id, [[maybe_unused]] const void* pc) noexcept {
  BATON_RACE_VALUE(__baton_task_create(id, pc), nullptr);
}
inline void task_stack([[maybe_unused]] Task* task, [[maybe_unused]] const void* lo,
                       [[maybe_unused]] const void* hi) noexcept {
  BATON_RACE_HOOK(__baton_task_stack(task, lo, hi);)
}
inline Task* current_task() noexcept { BATON_RACE_VALUE(__baton_task_current(), nullptr); }
inline void task_switch([[maybe_unused]] Task* task) noexcept { BATON_RACE_HOOK(__baton_task_switch(task);) }
inline void task_end([[maybe_unused]] Task* task) noexcept { BATON_RACE_HOOK(__baton_task_end(task);) }
inline void mem_reset([[maybe_unused]] const void* lo, [[maybe_unused]] size_t n) noexcept {
  BATON_RACE_HOOK(__baton_mem_reset(lo, n);)
}

// Clock operations of the running goroutine on the sync object at `obj`.
inline void acquire([[maybe_unused]] const void* obj) noexcept { BATON_RACE_HOOK(__baton_acquire(obj);) }
inline void release([[maybe_unused]] const void* obj) noexcept { BATON_RACE_HOOK(__baton_release(obj);) }
inline void release_merge([[maybe_unused]] const void* obj) noexcept { BATON_RACE_HOOK(__baton_release_merge(obj);) }

// The same on behalf of a parked goroutine's task; nothing for a thread that the detector does not know.
inline void acquire_for([[maybe_unused]] Task* task, [[maybe_unused]] const void* obj) noexcept {
  BATON_RACE_HOOK(if (task != nullptr) __baton_acquire_for(task, obj);)
}
inline void release_for([[maybe_unused]] Task* task, [[maybe_unused]] const void* obj) noexcept {
  BATON_RACE_HOOK(if (task != nullptr) __baton_release_for(task, obj);)
}
inline void release_merge_for([[maybe_unused]] Task* task, [[maybe_unused]] const void* obj) noexcept {
  BATON_RACE_HOOK(if (task != nullptr) __baton_release_merge_for(task, obj);)
}

// A clock kept in the object it stands for, and deferred reads (race_hooks.h). Guarded by the object's lock; the number
// is 0 at first.
using Clock = uint32_t;
using Reads = uint32_t;
inline void release_acquire([[maybe_unused]] Clock& clock) noexcept {
  BATON_RACE_HOOK(__baton_clock_release_acquire(&clock);)
}
inline void release_acquire_for([[maybe_unused]] Task* task, [[maybe_unused]] Clock& clock) noexcept {
  BATON_RACE_HOOK(if (task != nullptr) __baton_clock_release_acquire_for(task, &clock);)
}
inline void free_clocks([[maybe_unused]] Clock* clocks, [[maybe_unused]] size_t n) noexcept {
  BATON_RACE_HOOK(__baton_clock_free(clocks, n);)
}
inline void add_read([[maybe_unused]] Reads& reads, [[maybe_unused]] const void* p,
                     [[maybe_unused]] const void* pc) noexcept {
  BATON_RACE_HOOK(__baton_reads_add(&reads, p, pc);)
}
inline void settle_reads([[maybe_unused]] Reads& reads, [[maybe_unused]] const void* p) noexcept {
  BATON_RACE_HOOK(__baton_reads_settle(&reads, p);)
}
inline void free_reads([[maybe_unused]] Reads& reads) noexcept { BATON_RACE_HOOK(__baton_reads_free(&reads);) }

// A two-way edge between the running goroutine and a parked one.
inline void meet([[maybe_unused]] Task* parked) noexcept {
  BATON_RACE_HOOK(if (parked != nullptr) __baton_meet(parked);)
}

// What race::disable and race::errors ask for.
inline void ignore_sync([[maybe_unused]] bool begins) noexcept {
  BATON_RACE_HOOK(begins ? __baton_ignore_sync_begin() : __baton_ignore_sync_end();)
}
inline uint64_t count() noexcept { BATON_RACE_VALUE(__baton_race_count(), 0); }

// Checked accesses made by the runtime in the name of the user's call at `pc`.
inline void object_read([[maybe_unused]] const void* p, [[maybe_unused]] size_t n,
                        [[maybe_unused]] const void* pc) noexcept {
  BATON_RACE_HOOK(__baton_object_read(p, n, pc);)
}
inline void object_write([[maybe_unused]] const void* p, [[maybe_unused]] size_t n,
                         [[maybe_unused]] const void* pc) noexcept {
  BATON_RACE_HOOK(__baton_object_write(p, n, pc);)
}
inline void object_atomic([[maybe_unused]] const void* p, [[maybe_unused]] size_t n, [[maybe_unused]] bool is_write,
                          [[maybe_unused]] const void* pc) noexcept {
  BATON_RACE_HOOK(__baton_object_atomic(p, n, is_write ? 1 : 0, pc);)
}

// An atomic access to a sync object and a clock operation on it in one step.
inline void object_acquire([[maybe_unused]] const void* obj, [[maybe_unused]] size_t n,
                           [[maybe_unused]] const void* pc) noexcept {
  BATON_RACE_HOOK(__baton_object_acquire(obj, n, pc);)
}
inline void object_release([[maybe_unused]] const void* obj, [[maybe_unused]] size_t n,
                           [[maybe_unused]] const void* pc) noexcept {
  BATON_RACE_HOOK(__baton_object_release(obj, n, pc);)
}
inline void object_release_merge([[maybe_unused]] const void* obj, [[maybe_unused]] size_t n,
                                 [[maybe_unused]] const void* pc) noexcept {
  BATON_RACE_HOOK(__baton_object_release_merge(obj, n, pc);)
}

// The running goroutine took a lock at `pc`, or is about to free it; `obj` is the part of it that has the clocks.
enum class LockKind { kLock, kReadLock, kWriteLock };
inline void lock_taken([[maybe_unused]] const void* lock, [[maybe_unused]] const void* obj, [[maybe_unused]] size_t n,
                       [[maybe_unused]] LockKind kind, [[maybe_unused]] const void* pc) noexcept {
  BATON_RACE_HOOK(__baton_lock_taken(lock, obj, n, static_cast<int>(kind), pc);)
}
inline void lock_left([[maybe_unused]] const void* lock, [[maybe_unused]] const void* obj, [[maybe_unused]] size_t n,
                      [[maybe_unused]] LockKind kind, [[maybe_unused]] const void* pc) noexcept {
  BATON_RACE_HOOK(__baton_lock_left(lock, obj, n, static_cast<int>(kind), pc);)
}

// For a scope, the running goroutine's plain accesses, allocations and frees are the runtime's own bookkeeping. It must
// not span park(): the scope ends on the thread-local state of the task that began it.
class IgnoreScope {
 public:
  IgnoreScope() noexcept { BATON_RACE_HOOK(__baton_ignore_begin();) }
  ~IgnoreScope() { BATON_RACE_HOOK(__baton_ignore_end();) }
  IgnoreScope(const IgnoreScope&) = delete;
  IgnoreScope& operator=(const IgnoreScope&) = delete;
};

#undef BATON_RACE_HOOK
#undef BATON_RACE_VALUE

}  // namespace baton::rt::race
