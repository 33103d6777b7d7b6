// SPDX-License-Identifier: Apache-2.0
//
// What the scheduler's own files know of each other. Everybody else uses sched.h.
#pragma once

#include "runtime/src/lease.h"
#include "runtime/src/sched.h"
#include "runtime/src/types.h"

namespace baton::rt {

// sched.cpp: the loop that each thread runs on its own stack.

// The calling thread's M; null on a thread that is not the runtime's. Never inlined: a compiler may keep the address of
// a thread-local variable across a switch, after which it is another thread's.
M* current_m() noexcept;
void set_current_m(M* m) noexcept;
// The byte of the calling thread that its polls look at.
std::atomic<uint8_t>* poll_byte() noexcept;
// Takes goroutines and runs them, for ever.
[[noreturn]] void scheduler_main(void* m) noexcept;
// Leaves the running goroutine; the scheduler does m->after with it. Returns when somebody resumes it.
void leave(M* m, After after) noexcept;
// park.cpp: marks a parked goroutine runnable. True: the caller has to queue it. False: it stands for a thread, which
// has been woken.
bool make_runnable(G* g) noexcept;
// Takes up to `max` goroutines (0: a fair share) from the global queue: returns one, puts the others in p's ring.
G* take_global(P* p, uint32_t max) noexcept BATON_REQUIRES(sched.lock);
void put_global(G* g) noexcept BATON_REQUIRES(sched.lock);
void append_global(GList* list, uint32_t n) noexcept BATON_REQUIRES(sched.lock);
// Queues a runnable goroutine on p.
void put_local(P* p, G* g, bool next) noexcept;
// Queues the goroutines of the list on p, in order. n is their number with the one that the caller runs itself.
void put_all(P* p, GList* list, uint32_t n) noexcept;

// blocking.cpp: the thread is no longer in blocking().
void leave_blocking(M* m) noexcept;

// spin.cpp: threads that wake, look for work and go to sleep.

// A goroutine has become runnable: wakes a thread for an idle P, unless one is looking for work already.
void wakep() noexcept;
// Runs P (null: any idle one) on an idle or new thread.
void startm(P* p, bool spinning) noexcept;
// Puts the thread to sleep until startm gives it a P. It has none.
void stopm(M* m) noexcept;
// The thread is locked to a goroutine that cannot run now: passes its P on and sleeps until it is given one to run the
// goroutine.
void wait_for_locked(M* m) noexcept;
// Takes m's P to the thread that `g`, which m found, is locked to; m looks for other work when it has a P again.
void run_locked(M* m, G* g) noexcept;
// The thread no longer looks for work, if it did.
void stop_spinning(M* m) noexcept;
// A spinning thread has found work: it stops spinning, and another one may have to begin.
void reset_spinning(M* m) noexcept;
// The thread found nothing at all. Returns with a P, when there may be work again.
void idle(M* m) noexcept;
// A timer that fires at `when` was started: some thread must be awake by then.
void wake_for_timer(int64_t when) noexcept;
void acquire_p(M* m, P* p) noexcept;
P* release_p(M* m) noexcept;
void put_idle_p(P* p) noexcept BATON_REQUIRES(sched.lock);
P* take_idle_p() noexcept BATON_REQUIRES(sched.lock);
// Gives the thread, which has none, an idle P, if there is one.
bool reacquire(M* m, bool spinning) noexcept;
// Passes on a P that has been taken from its thread: to a thread if there is anything to run, else to the idle list.
void hand_off(P* p) noexcept;
// Whether any P, or the global queue, has something to run.
bool work_anywhere() noexcept;
// The time of the earliest timer of all; 0: there is none.
int64_t earliest_timer() noexcept;

// thread.cpp: threads that the program started itself.

// What stands for the calling thread, which is not the scheduler's, in the queues of those who wait.
G* thread_goroutine() noexcept;
void park_thread(G* g, bool (*unlock)(G* g, void* arg), void* arg, WaitReason why) noexcept;

// proc.cpp: birth and death of goroutines.

// A goroutine that is to start later, as of the moment at which that was decided: it has the clock of that moment.
struct Birth {
  uint64_t id = 0;
  uint64_t parent_id = 0;
  const void* pc = nullptr;
  race::Task* task = nullptr;
};
// Decided by the running goroutine, in its call at pc.
Birth conceive(const void* pc) noexcept;
// It is not going to start.
void give_up(Birth* birth) noexcept;
// Starts it, on whatever thread.
void newproc(const Start& start, const Birth& birth) noexcept;
void recycle(P* p, G* g) noexcept;
// The goroutine that m runs stays on it until unlock_thread has been called as often, or it ends.
void lock_thread(M* m) noexcept;
void unlock_thread(G* g) noexcept;
[[noreturn]] void end_goroutine() noexcept;
G* new_main_goroutine(void* outermost_frame) noexcept;
// Gives memory of stacks back that nobody has needed since the last call; a piece of it, of some milliseconds. Says
// whether there is more to do. By the monitor, once a second.
bool trim_stacks() noexcept;
// Tells the detector of the goroutines that static initialisers have created.
void announce_early_goroutines() noexcept;
// Gives a dying P's finished goroutines to the others.
void release_free_goroutines(P* p) noexcept BATON_REQUIRES(sched.lock);

// procs.cpp: processors, their number, threads.
void init_procs(int count) noexcept;
// True if m's P is surplus: it is gone, and its work is where others find it.
bool retire_if_surplus(M* m) noexcept;
void init_first_thread() noexcept;
// More than `limit` threads are needed: ends the process.
[[noreturn]] void thread_exhaustion(int limit) noexcept;
// Starts a thread that runs p. Its place in thread_count has been taken.
void start_thread(int id, P* p, bool spinning) noexcept;
// A thread of the operating system that runs run(m); returns an errno.
int start_os_thread(void* (*run)(void*), M* m) noexcept;
M* make_m(int id) noexcept;
// The start value of GOMAXPROCS (cpus.cpp). A bad environment variable costs one line on stderr.
int initial_procs() noexcept;

// main.cpp
// Makes the initial thread goroutine 1 and starts the scheduler, if that has not happened: main is about to begin, or a
// static initialiser has to wait. Nothing on other threads.
void start_on_initial_thread() noexcept;
// No goroutine starts running from now on, except on the calling thread.
void stop_for_exit() noexcept;

// stack_trace.cpp: GODEBUG=leakcheck=1, at exit. First, when the end has begun, who waits for timers that still run;
// then lists who is blocked for ever.
void note_timers_for_leakcheck() noexcept;
void check_leaks() noexcept;

// preempt.cpp: before the first goroutine runs.
void init_preemption() noexcept;

// monitor.cpp
// Starts the monitor, if that has not happened yet. By a thread of the runtime.
void start_monitor() noexcept;

// fork.cpp
void prepare_for_fork() noexcept;
// The child of a fork would have to wait.
[[noreturn]] void die_after_fork() noexcept;

// deadlock.cpp
// Called when a thread is about to sleep: ends the process if nothing can ever run again. Returns false if that cannot
// be decided yet because of foreign threads: ask again later.
bool check_dead() noexcept BATON_REQUIRES(sched.lock);

// fatal.cpp
// After::kFatal: prints on the scheduler's stack and ends the process.
[[noreturn]] void die_on_scheduler(M* m) noexcept;
void install_terminate_handler() noexcept;

}  // namespace baton::rt
