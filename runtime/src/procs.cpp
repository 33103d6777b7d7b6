// SPDX-License-Identifier: Apache-2.0
//
// The number of processors, and the threads behind them. gomaxprocs() does not stop the world: going up adds idle
// processors; going down marks the surplus ones, each retires when its thread next comes to the scheduler, and the
// caller is parked until all have.
#include <baton/go.hpp>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <new>

#include "runtime/src/core.h"
#include "runtime/src/fault.h"
#include "runtime/src/out.h"
#include "runtime/src/slab.h"

namespace baton::rt {

M* make_m(int id) noexcept {
  M* m = new (slab_alloc(sizeof(M))) M();
  m->id = id;
  m->random = (static_cast<uint64_t>(nanotime()) ^ reinterpret_cast<uintptr_t>(m)) | 1;
  return m;
}

namespace {

// The calling thread is m's.
void introduce(M* m) noexcept {
  set_current_m(m);
  m->poll = poll_byte();
  pthread_sigmask(SIG_SETMASK, nullptr, &m->usual_mask);
  m->tid.store(gettid(), std::memory_order_relaxed);
}

void* thread_main(void* arg) noexcept {
  M* m = static_cast<M*>(arg);
  introduce(m);
  m->home.thread.fetch();
  sanitize::adopt(&m->home.fiber);
  race::task_switch(nullptr);
  give_fault_stack();
  P* p = m->next_p;
  m->next_p = nullptr;
  acquire_p(m, p);
  scheduler_main(m);
}

// Makes processors from `first` up to `count` part of the scheduler, idle; the lowest will be used first.
void revive(int first, int count) noexcept BATON_REQUIRES(sched.lock) {
  for (int i = sched.procs_ever.load(std::memory_order_relaxed); i < count; i++) {
    if (i != 0) sched.all[i] = new (slab_alloc(sizeof(P))) P();
    sched.all[i]->id = i;
    sched.procs_ever.store(i + 1, std::memory_order_release);
  }
  for (int i = count - 1; i >= first; i--) {
    sched.all[i]->alive = true;
    put_idle_p(sched.all[i]);
  }
  sched.proc_count.store(count, std::memory_order_release);
}

// The last of a surplus processor, which nobody holds and whose queue is empty.
void bury(P* p) noexcept BATON_REQUIRES(sched.lock) {
  p->timers.move_to(&sched.all[0]->timers);
  release_free_goroutines(p);
}

// After a burial: somebody must be awake for the timers that have moved, and for goroutines in the global queue.
void watch_moved_timers() noexcept {
  if (const int64_t earliest = sched.all[0]->timers.earliest()) wake_for_timer(earliest);
  wakep();
}

// Lets those go on who wait for their turn to change the number.
void end_resize() noexcept BATON_REQUIRES(sched.lock) {
  sched.resizing = false;
  while (G* g = sched.resize_queue.pop_front()) {
    g->status.store(GStatus::kRunnable, std::memory_order_relaxed);
    put_global(g);
  }
}

bool wait_for_turn(G* g, void*) noexcept BATON_NO_TSA {
  sched.resize_queue.push_back(g);
  sched.lock.unlock();
  return true;
}

bool wait_for_retired(G* g, void*) noexcept BATON_NO_TSA {
  sched.resizer = g;
  sched.lock.unlock();
  return true;
}

// Takes sched.lock while no other resize is under way.
void lock_for_resize() noexcept BATON_NO_TSA {
  for (;;) {
    sched.lock.lock();
    if (!sched.resizing) return;
    if (current() != nullptr) {
      park(&wait_for_turn, nullptr, WaitReason::kGoMaxProcs);
    } else {
      sched.lock.unlock();
      sched_yield();
    }
  }
}

// Marks processors n and up as surplus; buries the idle ones, counts the others in sched.retiring.
void mark_surplus(int n, int old) noexcept BATON_REQUIRES(sched.lock) {
  for (int i = n; i < old; i++) {
    sched.all[i]->alive = false;
    sched.retiring++;
  }
  P* idle = nullptr;
  while (P* p = take_idle_p()) {
    if (p->alive) {
      p->idle_link = idle;
      idle = p;
    } else {
      bury(p);
      sched.retiring--;
    }
  }
  while (P* p = idle) {
    idle = p->idle_link;
    put_idle_p(p);
  }
}

// With sched.lock held, which it releases.
void shrink(int n, int old) noexcept BATON_NO_TSA {
  sched.proc_count.store(n, std::memory_order_release);
  mark_surplus(n, old);
  if (sched.retiring != 0) {
    sched.resizing = true;
    if (current() != nullptr) {
      park(&wait_for_retired, nullptr, WaitReason::kGoMaxProcs);
      sched.lock.lock();
    } else {
      while (sched.retiring != 0) {
        sched.lock.unlock();
        sched_yield();
        sched.lock.lock();
      }
    }
    end_resize();
  }
  sched.lock.unlock();
  watch_moved_timers();
}

void grow(int n, int old) noexcept BATON_NO_TSA {
  revive(old, n);
  sched.lock.unlock();
  wakep();
}

}  // namespace

void init_first_thread() noexcept {
  M* m = make_m(0);
  m->home.thread.fetch();
  introduce(m);
  sched.lock.lock();
  sched.thread_count = 1;
  sched.lock.unlock();
  // main runs on the process's stack, so this thread's scheduler gets one of its own.
  Context context;
  prepare(&context, stack_alloc(), &scheduler_main, m);
  m->home.sp = context.sp;
  m->home.fiber = context.fiber;
}

void init_procs(int count) noexcept {
  sched.lock.lock();
  revive(0, count);
  P* p = take_idle_p();
  sched.lock.unlock();
  acquire_p(current_m(), p);
}

void thread_exhaustion(int limit) noexcept {
  Out() << "runtime: program exceeds " << limit << "-thread limit\n";
  fatal("thread exhaustion");
}

void start_thread(int id, P* p, bool spinning) noexcept {
  race::IgnoreScope ignore;
  M* m = make_m(id);
  m->next_p = p;
  m->spinning = spinning;
  if (const int error = start_os_thread(&thread_main, m); error != 0) {
    Out() << "runtime: failed to create new OS thread (have " << id << " already; errno=" << error << ")\n";
    fatal("newosproc");
  }
}

int start_os_thread(void* (*run)(void*), M* m) noexcept {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  // The stack keeps its default size: the C library takes the program's thread-local variables from it, however large.
  pthread_t thread;
  const int saved_errno = errno;
  const int error = pthread_create(&thread, &attributes, run, m);
  errno = saved_errno;
  pthread_attr_destroy(&attributes);
  return error;
}

bool retire_if_surplus(M* m) noexcept {
  if (m->p->id < sched.proc_count.load(std::memory_order_relaxed)) return false;
  GList rest;
  const uint32_t n = m->p->queue.drain(&rest);
  sched.lock.lock();
  append_global(&rest, n);
  P* p = release_p(m);
  bury(p);
  if (--sched.retiring == 0 && sched.resizer != nullptr) {
    G* g = sched.resizer;
    sched.resizer = nullptr;
    g->status.store(GStatus::kRunnable, std::memory_order_relaxed);
    put_global(g);
  }
  sched.lock.unlock();
  stop_spinning(m);
  watch_moved_timers();
  return true;
}

}  // namespace baton::rt

namespace baton {

int set_max_threads(int n) noexcept {
  int old;
  int now;
  {
    rt::RuntimeLockGuard guard(rt::sched.lock);
    old = rt::sched.max_threads;
    now = rt::sched.thread_count;
    rt::sched.max_threads = n;
  }
  if (now > n) rt::thread_exhaustion(n);
  return old;
}

int gomaxprocs(int n) BATON_NO_TSA {
  using rt::sched;
  if (n > rt::kMaxProcs) n = rt::kMaxProcs;
  if (!sched.started.load(std::memory_order_acquire)) {
    const int old = sched.requested_procs != 0 ? sched.requested_procs : rt::initial_procs();
    if (n >= 1) sched.requested_procs = n;
    return old;
  }
  if (n < 1) return sched.proc_count.load(std::memory_order_relaxed);
  rt::lock_for_resize();
  const int old = sched.proc_count.load(std::memory_order_relaxed);
  if (n > old) {
    rt::grow(n, old);
  } else if (n < old) {
    rt::shrink(n, old);
  } else {
    sched.lock.unlock();
  }
  return old;
}

}  // namespace baton
