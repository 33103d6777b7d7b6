// SPDX-License-Identifier: Apache-2.0
//
// The end of a program in which nothing can run any more. Looked at when a thread goes to sleep: if every thread
// sleeps, nobody waits for a timer or a descriptor, and no thread of the program could ready a goroutine (each that
// there is waits for goroutines itself), then nothing will ever happen.
#include <sys/stat.h>

#include "runtime/src/core.h"
#include "runtime/src/netpoll.h"

namespace baton::rt {
namespace {

// The number of threads of the process; -1 if the kernel does not tell. The link count of the directory is exact, and
// read at one moment. Listing the directory was rejected: the kernel ends the list early when it meets a thread that is
// just ending, so a living one may be missing.
int threads_of_process() noexcept {
  struct stat task;
  if (stat("/proc/self/task", &task) != 0) return -1;
  return sanitize::own_threads(static_cast<int>(task.st_nlink) - 2);
}

struct Census {
  bool any = false;       // a goroutine that has not ended
  bool runnable = false;  // one that could run, so the scheduler has lost it
};

Census count_goroutines() noexcept {
  Census census;
  for (const G* g = sched.all_goroutines.load(std::memory_order_acquire); g != nullptr; g = g->all_link) {
    const GStatus status = g->status.load(std::memory_order_relaxed);
    if (status != GStatus::kDead) census.any = true;
    if (status == GStatus::kRunnable || status == GStatus::kRunning) census.runnable = true;
  }
  return census;
}

}  // namespace

bool check_dead() noexcept {
  if (sched.thread_count != sched.idle_thread_count + sched.locked_thread_count) return true;
  if (sched.monitor_holds.load(std::memory_order_seq_cst)) return true;  // it asks when it is done
  if (sched.stopping.load(std::memory_order_relaxed)) return true;
  // Read before the timers and descriptors: a thread that is counted here has started its timer (thread.cpp).
  const uint64_t parked = sched.parked_threads.load(std::memory_order_seq_cst);
  if (earliest_timer() != 0 || netpoll_waiting()) return true;
  const int threads = threads_of_process();
  const int known = sched.thread_count + sched.monitor_threads.load(std::memory_order_relaxed) +
                    static_cast<int32_t>(static_cast<uint32_t>(parked));
  if (threads > known) return false;
  // Unchanged: they all waited while the threads were counted, so none can have started one, or woken one and ended.
  if (sched.parked_threads.load(std::memory_order_seq_cst) != parked) return false;
  // Or the monitor has just found one whose descriptor is ready.
  if (sched.monitor_holds.load(std::memory_order_seq_cst)) return true;
  const Census census = count_goroutines();
  if (census.runnable) throw_("all threads sleep, but a goroutine is runnable");
  if (!census.any && sched.main_ended) fatal("no goroutines (main called runtime.Goexit) - deadlock!");
  fatal("all goroutines are asleep - deadlock!");
}

}  // namespace baton::rt
