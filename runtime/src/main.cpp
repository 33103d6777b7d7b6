// SPDX-License-Identifier: Apache-2.0
//
// The beginning and the end of the process. Programs are linked with --wrap=main: the C library calls __wrap_main,
// which starts the scheduler and runs the program's main as goroutine 1, on the process's own stack.
//
// A static initialiser that has to wait for a goroutine starts the scheduler early: from then on the initial thread is
// goroutine 1, and goroutines run. As long as none waits, those that static initialisers start only queue up, and so
// find all globals initialised. With the detector, all of this is goroutine 1's doing: it is watched from the first
// initialiser of the executable on.
//
// The end: main returns or anybody calls exit(). Other goroutines vanish. Static destructors run on the exiting
// goroutine; so that they do not race with goroutines that start running late, no more work is handed out from then on.
// What runs on other threads goes on until its next scheduling point. If the exiting goroutine itself has to wait (a
// destructor that waits for a goroutine), work is handed out again: the alternative is to hang.
#include <stdlib.h>
#include <sys/single_threaded.h>
#include <unistd.h>

#include "runtime/src/core.h"
#include "runtime/src/fatal.h"
#include "runtime/src/fault.h"
#include "runtime/src/one_time.h"
#include "runtime/src/sleep_calls.h"
#include "runtime/src/thread_locks.h"

extern "C" {
int __real_main(int argc, char** argv, char** envp);
int __wrap_main(int argc, char** argv, char** envp);
}

namespace baton::rt {
namespace {

// Runs first of all exit handlers that existed before main, whoever called exit().
void at_exit(int status, void*) noexcept {
  wait_if_dying();
  stop_for_exit();
  check_leaks();
  const int verdict = race::finish(status);
  // exit() within a handler goes on with the remaining handlers, with the new status.
  if (verdict != status) exit(verdict);
}

void start(void* outermost_frame) noexcept {
  race::Task* task = race::start();
  // While the process has one thread, std::shared_ptr counts without atomic instructions: no harm among goroutines of
  // one thread, but to the detector plain accesses without order.
  if constexpr (race::kEnabled) __libc_single_threaded = 0;
  init_leases();
  init_preemption();
  init_first_thread();
  M* m = current_m();
  G* g = new_main_goroutine(outermost_frame);
  g->task = task;
  init_procs(sched.requested_procs != 0 ? sched.requested_procs : initial_procs());
  m->current = g;
  m->p->tick.store(1, std::memory_order_relaxed);  // main's own first time slice
  install_terminate_handler();
  give_fault_stack();
  install_fault_handlers();
  prepare_for_fork();
  use_one_time();
  use_sleep_calls();
  use_thread_locks();
  on_exit(&at_exit, nullptr);
  announce_early_goroutines();
  // Releasing: threads that see it may use everything set up above; pairs with the acquiring load in newproc.
  sched.started.store(true, std::memory_order_release);
  if (sched.queued.load(std::memory_order_relaxed) != 0) start_monitor();
  wakep();
  unpin(m);
}

void begin_main(void* outermost_frame) noexcept {
  // Before, they ended where the static initialisers were called.
  if (sched.started.load(std::memory_order_relaxed)) {
    race::start();
  } else {
    start(outermost_frame);
  }
  current()->outermost_frame = outermost_frame;
}

#if BATON_RACE
// exit() in a static initialiser: threads may have raced.
void at_early_exit(int status, void*) noexcept {
  if (sched.started.load(std::memory_order_relaxed)) return;
  const int verdict = race::finish(status);
  if (verdict != status) exit(verdict);
}

void watch_static_initialisers() noexcept {
  race::start();
  on_exit(&at_early_exit, nullptr);
}
// The linker sorts by these numbers: user code can ask for 101 at the earliest. The constructors of shared libraries
// have run by now.
__attribute__((section(".init_array.00001"), used)) void (*const watch_first)() noexcept = watch_static_initialisers;
#endif

}  // namespace

void start_on_initial_thread() noexcept {
  if (sched.started.load(std::memory_order_relaxed) || gettid() != getpid()) return;
  start(__builtin_frame_address(0));
}

void stop_for_exit() noexcept {
  if (sched.exiting.load(std::memory_order_relaxed) != nullptr) return;
  sched.exiting.store(current_m(), std::memory_order_release);
  sched.stopping.store(true, std::memory_order_seq_cst);
  note_timers_for_leakcheck();  // static destructors may stop them
}

}  // namespace baton::rt

int __wrap_main(int argc, char** argv, char** envp) {
  baton::rt::begin_main(__builtin_frame_address(0));
  const int status = __real_main(argc, argv, envp);
  baton::rt::stop_for_exit();
  exit(status);
}
