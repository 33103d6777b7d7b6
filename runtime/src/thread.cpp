// SPDX-License-Identifier: Apache-2.0
//
// Threads that the program started itself. They may use channels, locks, timers and everything else that waits for
// goroutines: where a goroutine would park, the thread sleeps on a note. In the queues of those who wait a G stands for
// it that has no stack, never runs and is not counted or listed among the goroutines; ready() wakes the note.
//
// A thread's G comes from a list when the thread first waits and goes back there when the thread ends; like every G it
// is never freed, so a waker that is a step behind touches no memory of somebody else.
#include <pthread.h>

#include <new>

#include "runtime/src/core.h"
#include "runtime/src/slab.h"

namespace baton::rt {
namespace {

struct ThreadG {
  G g;
  Note note;
};

constinit RuntimeLock free_lock;
constinit G* free_list BATON_GUARDED_BY(free_lock) = nullptr;

__attribute__((tls_model("initial-exec"))) constinit thread_local G* this_thread = nullptr;

// Made by the first thread that waits. Not by pthread_once, which is ours: a thread that waits there waits as a
// goroutine would, and so comes here.
pthread_key_t end_key BATON_GUARDED_BY(free_lock);
bool has_end_key BATON_GUARDED_BY(free_lock) = false;

void end_of_thread(void* g) {
  this_thread = nullptr;
  RuntimeLockGuard guard(free_lock);
  static_cast<G*>(g)->sched_link = free_list;
  free_list = static_cast<G*>(g);
}

// It goes back when the calling thread ends.
void give_back_at_end(G* g) noexcept {
  free_lock.lock();
  if (!has_end_key && pthread_key_create(&end_key, &end_of_thread) != 0) {
    throw_("no key for thread-specific data is left");
  }
  has_end_key = true;
  const pthread_key_t key = end_key;
  free_lock.unlock();
  pthread_setspecific(key, g);
}

G* new_thread_goroutine() noexcept {
  {
    RuntimeLockGuard guard(free_lock);
    if (G* g = free_list) {
      free_list = g->sched_link;
      return g;
    }
  }
  auto* t = new (slab_alloc(sizeof(ThreadG))) ThreadG();
  t->g.thread_wake = &t->note;
  return &t->g;
}

}  // namespace

__attribute__((noinline)) G* thread_goroutine() noexcept {
  start_on_initial_thread();
  if (const M* m = current_m()) return m->current;
  if (this_thread == nullptr) {
    G* g = new_thread_goroutine();
    g->status.store(GStatus::kRunning, std::memory_order_relaxed);
    give_back_at_end(g);
    this_thread = g;
  }
  this_thread->task = race::current_task();
  return this_thread;
}

void park_thread(G* g, bool (*unlock)(G* g, void* arg), void* arg, WaitReason why) noexcept {
  if (sched.forked.load(std::memory_order_relaxed)) die_after_fork();
  g->why = why;
  g->status.store(GStatus::kWaiting, std::memory_order_relaxed);
  if (unlock != nullptr && !unlock(g, arg)) {
    g->status.store(GStatus::kRunning, std::memory_order_relaxed);
    return;
  }
  // Not before: what unlock does (start a timer, wait for a descriptor) may be all that keeps the program alive.
  sched.parked_threads.fetch_add(Sched::kThreadParks, std::memory_order_seq_cst);
  // It may have been the last that could do anything.
  sched.lock.lock();
  static_cast<void>(check_dead());
  sched.lock.unlock();
  g->thread_wake->sleep();
  g->thread_wake->clear();
  g->status.store(GStatus::kRunning, std::memory_order_relaxed);
}

}  // namespace baton::rt
