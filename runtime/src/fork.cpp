// SPDX-License-Identifier: Apache-2.0
//
// fork(). The child has one thread, the one that forked, and so one goroutine: no scheduler, monitor or poller. As in
// C, it is meant to exec or _exit soon. Until then its goroutine runs on and may do what needs nobody else; when it
// would have to wait, or starts to look for other goroutines, the child ends with a clear text. system(), popen() and
// posix_spawn() do not come here.
//
// The scheduler's lock is held across the fork, so that the child finds it consistent; other locks of the runtime may
// be held for ever in the child by threads that are not there.
#include <pthread.h>

#include "runtime/src/core.h"

namespace baton::rt {
namespace {

void before_fork() BATON_NO_TSA { sched.lock.lock(); }

void after_fork_in_parent() BATON_NO_TSA { sched.lock.unlock(); }

void after_fork_in_child() BATON_NO_TSA {
  // Nobody is woken any more.
  sched.idle_procs = nullptr;
  sched.idle_proc_count.store(0, std::memory_order_relaxed);
  sched.idle_threads = nullptr;
  sched.forked.store(true, std::memory_order_relaxed);
  // At its next scheduling point the goroutine meets die_after_fork (obey_stop, stopm).
  sched.stopping.store(true, std::memory_order_relaxed);
  sched.lock.unlock();
}

}  // namespace

void prepare_for_fork() noexcept {
  if (pthread_atfork(&before_fork, &after_fork_in_parent, &after_fork_in_child) != 0) throw_("pthread_atfork failed");
}

void die_after_fork() noexcept { fatal("a child of fork() cannot wait for goroutines: it has to exec or _exit"); }

}  // namespace baton::rt
