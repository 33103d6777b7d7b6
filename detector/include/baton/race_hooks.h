// SPDX-License-Identifier: Apache-2.0
//
// What a runtime tells the detector: which task runs on this thread, and which synchronisation happened. A task is a
// logical thread; the detector knows nothing of goroutines, channels or processors.
//
// Rules:
//  * C11, includes nothing but <stddef.h> and <stdint.h>.
//  * A sync object is an address. Its clock is kept with the memory it stands for and vanishes when that memory is
//    freed or reset. Two objects never share a byte.
//  * `pc` is a return address into user code: the call of the runtime that the report shall show. The calling context
//    is taken from __baton_ctx (race_abi.h), which still belongs to the user's function.
//  * Functions without `_for` act for the task running on the calling thread, and do nothing when there is none.
//  * No function throws, blocks on a task, or switches tasks.
#ifndef BATON_RACE_HOOKS_H_
#define BATON_RACE_HOOKS_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct baton_task baton_task;

// Starts the detector: reads GORACE, reserves the shadow. Ends the process with one line on stderr if the address space
// is refused. Returns the task of the calling thread, already running, with id 1 ("main goroutine"). Further calls, by
// the same thread, return it again: the stack that its reports show ends at the caller of the last one.
baton_task* __baton_race_start(void);

// A task `id` created by the running task at `pc`: it starts with its creator's clock, and the creator starts a new
// epoch. Called before anybody can run the new task. With no running task the new one starts with the main task's
// clock.
baton_task* __baton_task_create(uint64_t id, const void* pc);

// The stack that the task will run on. The task that __baton_race_start returned knows its own.
void __baton_task_stack(baton_task* task, const void* lo, const void* hi);

// The task that the calling thread runs; null if there is none.
baton_task* __baton_task_current(void);

// From now on the calling thread runs `task`; null: it runs none (scheduler code). Saves and restores __baton_ctx.
void __baton_task_switch(baton_task* task);

// The running task has ended; the thread runs no task afterwards. `task` must not be used again. No edge to anybody.
void __baton_task_end(baton_task* task);

// Memory [lo, lo+n) now means something new (a stack handed to another task): its history and sync objects are dropped.
void __baton_mem_reset(const void* lo, size_t n);

// Clock operations of happens-before.md on the sync object at `obj`.
void __baton_acquire(const void* obj);
void __baton_release(const void* obj);
void __baton_release_merge(const void* obj);
void __baton_release_acquire(const void* obj);
// The same for a task which is parked, or otherwise cannot run, until the caller lets it.
void __baton_acquire_for(baton_task* task, const void* obj);
void __baton_release_for(baton_task* task, const void* obj);
void __baton_release_merge_for(baton_task* task, const void* obj);
void __baton_release_acquire_for(baton_task* task, const void* obj);

// A clock that the runtime keeps beside what it stands for, where an address would need a place in the shadow: a
// number, 0 at first. Guarded by a lock of the runtime. Gives the clock of each of n numbers back, and sets them to 0.
typedef uint32_t baton_clock;
void __baton_clock_release_acquire(baton_clock* clock);
void __baton_clock_release_acquire_for(baton_task* task, baton_clock* clock);
void __baton_clock_free(baton_clock* clocks, size_t n);

// The running task and a parked one each learn what the other did before: release and acquire, both ways, through an
// object that nobody else uses.
void __baton_meet(baton_task* parked);

// A race-checked access to n bytes at p, made by the runtime in the name of the call at `pc`: plain, or atomic.
void __baton_object_read(const void* p, size_t n, const void* pc);
void __baton_object_write(const void* p, size_t n, const void* pc);
void __baton_object_atomic(const void* p, size_t n, int is_write, const void* pc);

// Reads of one byte at p which are only put into the shadow when it matters: before a write of it. For objects that
// every use reads and one use in their life writes (a channel and its close). `reads` is a number like a baton_clock,
// guarded by the same lock: a read after the write is an __baton_object_read.
typedef uint32_t baton_reads;
void __baton_reads_add(baton_reads* reads, const void* p, const void* pc);
void __baton_reads_settle(baton_reads* reads, const void* p);
void __baton_reads_free(baton_reads* reads);

// An atomic write access to the n bytes of a sync object, together with a clock operation on it: access, then acquire;
// access, then release; access, then release_merge. One step instead of two, for objects that are used often.
void __baton_object_acquire(const void* obj, size_t n, const void* pc);
void __baton_object_release(const void* obj, size_t n, const void* pc);
void __baton_object_release_merge(const void* obj, size_t n, const void* pc);

// The running task has taken the lock `lock` at `pc`, or is about to free it, which other tasks cannot use until then:
// an atomic write access to the n >= 2 bytes at `obj`, which are a part of the lock and lie in one line of 64 bytes or
// start with two bytes in one, and
//   BATON_LOCK        taken: acquire of the clock at obj; left: release of it
//   BATON_READ_LOCK   taken: the same; left: release_merge of the clock at obj + 1, that of the readers
//   BATON_WRITE_LOCK  taken: acquire of both; left: release of the one at obj
// Reports name the locks that were held.
#define BATON_LOCK 0
#define BATON_READ_LOCK 1
#define BATON_WRITE_LOCK 2
void __baton_lock_taken(const void* lock, const void* obj, size_t n, int kind, const void* pc);
void __baton_lock_left(const void* lock, const void* obj, size_t n, int kind, const void* pc);

// Between begin and end (they nest) plain accesses, allocations and frees of the running task are neither recorded nor
// checked: the runtime's own bookkeeping in memory that user code may touch.
void __baton_ignore_begin(void);
void __baton_ignore_end(void);

// Between begin and end (they nest) what the running task does to synchronise makes no edges; its accesses count.
void __baton_ignore_sync_begin(void);
void __baton_ignore_sync_end(void);

// Number of distinct races reported so far.
uint64_t __baton_race_count(void);

// The process is about to end with `status`: prints "Found N data race(s)" once, and returns the status to end with
// (GORACE exitcode, 66 by default, if races were found and status is 0).
int __baton_race_finish(int status);

#ifdef __cplusplus
}
#endif

#endif  // BATON_RACE_HOOKS_H_
