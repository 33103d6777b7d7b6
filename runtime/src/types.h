// SPDX-License-Identifier: Apache-2.0
//
// All data of the scheduler in one place, to be read before its code.
//
//   G  a goroutine: a stack and the state to go on from.
//   M  an OS thread that runs goroutines. Its scheduler code runs on a stack of its own, g0.
//   P  a processor: the right to run goroutines, with a queue of runnable ones. There are GOMAXPROCS of them; an M
//      needs one to run goroutines and has none while it sleeps. What a goroutine's own code runs on is a lease, which
//      the monitor may end (lease.h).
//
// Rules:
//  * Gs, Ms and Ps come from slabs and are never freed, only used again; a stale pointer is harmless to read.
//  * A field without a comment about threads belongs to whoever runs the G, M or P.
//  * Every atomic says who writes it, who reads it, and what it pairs with.
//  * Lock order: sched.lock, then a TimerHeap's lock. Nothing is readied with either held.
#pragma once

#include <signal.h>
#include <stdint.h>
#include <unwind.h>

#include <atomic>

#include "runtime/src/lock.h"
#include "runtime/src/note.h"
#include "runtime/src/race.h"
#include "runtime/src/runq.h"
#include "runtime/src/stack.h"
#include "runtime/src/switch.h"
#include "runtime/src/timer.h"
#include "runtime/src/wait_reason.h"

namespace baton::rt {

struct M;
struct P;

inline constexpr int kMaxProcs = 1024;

enum class GStatus : uint32_t {
  kDead,      // not in use: new, or finished and in a free list
  kRunnable,  // in a run queue
  kRunning,   // on an M
  kWaiting,   // parked
};

// What a goroutine does first: run(closure), or run_words(words) if that is not null.
struct Start {
  using Word = uintptr_t;
  void (*run)(void*) = nullptr;
  void* closure = nullptr;
  void (*run_words)(Word, Word, Word, Word) = nullptr;
  Word words[4] = {};
};

struct G {
  Context context;  // where it goes on; valid while it does not run
  Stack stack;      // kept when the goroutine ends, for the next one

  // Written by whoever moves the goroutine between states; read by the dumps, when nothing else runs.
  std::atomic<GStatus> status{GStatus::kDead};
  WaitReason why = WaitReason::kNone;  // while kWaiting

  uint64_t id = 0;
  uint64_t parent_id = 0;
  const void* go_pc = nullptr;  // return address of the go() call; null for main
  Start start;
  void* outermost_frame = nullptr;  // frame pointer at which the goroutine's own frames end; main only

  G* sched_link = nullptr;  // run queue or free list
  G* all_link = nullptr;    // sched.all_goroutines; written once

  // For those who park and ready: what the waker says to the woken, and who of several wakers of a select won.
  void* wake_param = nullptr;
  std::atomic<uint32_t> select_done{0};  // 0 -> 1 by the winning waker's compare-and-swap; reset by the goroutine

  Timer sleep_timer;

  uint32_t blocking = 0;      // calls of blocking() that it is in
  bool awaits_timer = false;  // written and read by the check for leaks at exit
  // When it parked, by sched.coarse_now; 0: not known. Written by the scheduler, read by dumps.
  std::atomic<int64_t> waits_since{0};

  // lock_os_thread(): the thread that alone may run it, and how often it was called. Written by the goroutine; read by
  // threads that take it from a queue.
  M* locked_m = nullptr;
  uint32_t thread_locks = 0;
  // Not null: this is no goroutine but stands for a thread of the program, which sleeps on the note (thread.cpp).
  Note* thread_wake = nullptr;

  _Unwind_Exception goexit = {};  // in flight between goexit() and the end of the goroutine

  race::Task* task = nullptr;
};

// What the scheduler does with a goroutine that has just switched back to it.
enum class After : uint8_t {
  kPark,        // park(): call unlock, then leave it to ready()
  kYield,       // yield(): to the global queue
  kYieldLocal,  // yield_local(): to the end of the processor's ring
  kExit,        // ended: recycle
  kFatal,       // end the process, with a dump printed from the scheduler's stack
};

// Whether a thread is in code that uses its processor: lease.h.
enum class Pin : uint8_t { kFree, kTaking, kHeld };

struct M {
  Home home;              // where this thread's scheduler goes on while a goroutine runs
  G* current = nullptr;   // the goroutine that runs; null in scheduler code
  G* locked_g = nullptr;  // the goroutine that it alone may run, and nothing else (lock_os_thread)
  P* p = nullptr;         // while pinned: the processor; null if it has none
  P* next_p = nullptr;    // handed over by startm before it wakes `wake`
  bool spinning = false;  // looks for work and counts in sched.spinning

  After after = After::kPark;
  WaitReason why = WaitReason::kNone;
  bool (*unlock)(G*, void*) = nullptr;
  void* unlock_arg = nullptr;

  // lease.h. Written by the thread, `lease` by the monitor too; read by the monitor.
  std::atomic<P*> lease{nullptr};
  std::atomic<uint32_t> lost{0};
  std::atomic<Pin> pin{Pin::kHeld};

  // Odd while the thread is in blocking(). Written by the thread, read by the monitor: a hint, so relaxed.
  std::atomic<uint32_t> blocking{0};
  // Goroutines resumed. Written by the thread, read by the monitor: relaxed. Unchanged: the thread may be stuck.
  std::atomic<uint32_t> resumed{0};
  // The byte that the thread's polls look at (preempt.cpp). Set by the monitor, cleared by the thread; a hint, relaxed.
  std::atomic<uint8_t>* poll = nullptr;
  uint32_t no_preempt = 0;   // NoPreemptScopes it is in
  sigset_t usual_mask = {};  // the signals that goroutines on this thread block
  // The kernel's number of the thread. Written by the thread when it starts, read by the monitor; 0: not known yet.
  std::atomic<int> tid{0};

  Note wake;
  M* idle_link = nullptr;  // guarded by sched.lock
  int id = 0;
  uint64_t random = 0;
};

struct P {
  int id = 0;
  // Who holds it. Written by that M and by the monitor that takes it away; read by thieves and the monitor, as a hint.
  // Releasing: the monitor may look into the M (acquire).
  std::atomic<M*> m{nullptr};
  // Goroutines run in a time slice of their own. Written by the holder, read by the monitor; relaxed.
  std::atomic<uint32_t> tick{0};
  RunQueue queue;
  TimerHeap timers;
  P* idle_link = nullptr;  // guarded by sched.lock
  bool alive = false;      // counts for GOMAXPROCS; guarded by sched.lock

  G* free = nullptr;  // finished goroutines, last in, first out
  uint32_t free_count = 0;

  // Goroutines created and ended here. Written by the holder of P, summed by num_goroutine: an exact number when
  // nothing is created or ends meanwhile.
  std::atomic<uint64_t> created{0};
  std::atomic<uint64_t> ended{0};

  // What the monitor saw when it last looked, since when it has been so, and how much processor time the thread had had
  // by then. The monitor's own.
  const M* seen_m = nullptr;
  uint32_t seen_blocking = 0;
  uint32_t seen_resumed = 0;
  int64_t stuck_since = 0;  // the three are unchanged
  int64_t stuck_cpu = 0;
  uint32_t seen_tick = 0;
  int64_t slice_cpu = 0;  // the tick is unchanged
  int64_t cpu = 0;        // processor time of seen_m's thread, as of cpu_read
  int64_t cpu_read = 0;
};

struct Sched {
  constexpr explicit Sched(P* first) noexcept : all{first} {}

  RuntimeLock lock;

  // Set once in __wrap_main, before the second thread exists; go() before that only queues.
  std::atomic<bool> started{false};

  // Ids in order of creation. main is 1.
  std::atomic<uint64_t> last_id{1};
  // Every G that ever existed: pushed by newproc with a compare-and-swap, never removed; read by dumps.
  std::atomic<G*> all_goroutines{nullptr};
  std::atomic<uint64_t> created_elsewhere{1};  // by threads without P; 1: main
  std::atomic<uint64_t> ended_elsewhere{0};

  // The global queue: goroutines that yielded, were readied by a thread without P, or did not fit a P's ring.
  GList queue BATON_GUARDED_BY(lock);
  // Its length: written under the lock, read without it only to save taking it.
  std::atomic<uint32_t> queued{0};

  G* free BATON_GUARDED_BY(lock) = nullptr;  // finished goroutines that their P had no room for
  uint32_t free_count BATON_GUARDED_BY(lock) = 0;
  uint32_t free_low BATON_GUARDED_BY(lock) = 0;   // the least free_count since trim_stacks() looked
  G* free_bare BATON_GUARDED_BY(lock) = nullptr;  // finished goroutines whose stacks hold no memory: used last
  uint32_t free_bare_count BATON_GUARDED_BY(lock) = 0;

  // Processors. all[i] is written once, before proc_count and procs_ever exceed i (releasing stores; they pair with the
  // acquiring loads of both). proc_count is GOMAXPROCS; procs_ever never goes down.
  // all[0] exists before main: timers of threads without a processor are in its heap.
  P* all[kMaxProcs];
  std::atomic<int> proc_count{0};
  std::atomic<int> procs_ever{0};
  int requested_procs = 0;  // gomaxprocs() before main
  P* idle_procs BATON_GUARDED_BY(lock) = nullptr;
  // Its length: written under the lock; read without it by wakep. Sequentially consistent: see spin.cpp.
  std::atomic<int> idle_proc_count{0};

  // gomaxprocs() going down: processors that have not noticed yet, who waits for that, and who waits for its turn.
  int retiring BATON_GUARDED_BY(lock) = 0;
  bool resizing BATON_GUARDED_BY(lock) = false;
  G* resizer BATON_GUARDED_BY(lock) = nullptr;
  GList resize_queue BATON_GUARDED_BY(lock);

  // Threads.
  M* idle_threads BATON_GUARDED_BY(lock) = nullptr;
  int idle_thread_count BATON_GUARDED_BY(lock) = 0;
  // Threads that wait for the goroutine locked to them. Below zero for a moment when one is woken before it sleeps.
  int locked_thread_count BATON_GUARDED_BY(lock) = 0;
  int thread_count BATON_GUARDED_BY(lock) = 0;  // with those that are being created
  int max_threads BATON_GUARDED_BY(lock) = 10000;
  bool lease_fences = false;  // lease.h; written before the second thread exists
  // Threads that look for work. Written and read by all; sequentially consistent: see spin.cpp.
  std::atomic<int> spinning{0};

  // The one idle thread that sleeps until the earliest timer, if any: `keeper` is taken and left by exchange;
  // keeper_until is its time, 0 while it has not decided. Sequentially consistent: see spin.cpp.
  std::atomic<bool> keeper{false};
  std::atomic<int64_t> keeper_until{0};
  Note keeper_wake;

  // The monitor (monitor.cpp).
  std::atomic<bool> monitor_started{false};
  std::atomic<int> monitor_threads{0};                 // 1: it exists; for the count of foreign threads
  bool monitor_sleeps BATON_GUARDED_BY(lock) = false;  // until a processor is used again
  // It holds a processor that it has taken from a thread; the program is not dead. Sequentially consistent, so that a
  // thread which has lost its processor sees it.
  std::atomic<bool> monitor_holds{false};
  Note monitor_wake;
  // nanotime() of the monitor's last round, or of the moment at which it began to sleep no more; 0: it has not started.
  // Written by it and by who wakes it, read when a goroutine parks: relaxed, exact to some 10 ms.
  std::atomic<int64_t> coarse_now{0};

  // Threads of the program that wait for goroutines (thread.cpp): their number, and from bit 32 on how often one was
  // woken, so that two equal values say that nothing happened between. Raised by the thread when it can be found, so
  // perhaps after its waker has counted it out; read by check_dead. Sequentially consistent.
  static constexpr uint64_t kThreadParks = 1;
  static constexpr uint64_t kThreadWakes = (uint64_t{1} << 32) - 1;
  std::atomic<uint64_t> parked_threads{0};

  // This process is the child of a fork (fork.cpp). Written while it has one thread.
  std::atomic<bool> forked{false};

  // The process is ending: no work is handed out, except to the thread that runs exit(). Written in stop_for_exit and
  // by that thread, read at every scheduling point.
  std::atomic<bool> stopping{false};
  std::atomic<M*> exiting{nullptr};

  bool main_ended BATON_GUARDED_BY(lock) = false;  // main called goexit()
};

extern constinit Sched sched;

}  // namespace baton::rt
