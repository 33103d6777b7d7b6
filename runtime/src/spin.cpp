// SPDX-License-Identifier: Apache-2.0
//
// Which threads are awake. Too few, and goroutines wait while CPUs idle; too many, and the program pays for waking
// them: a wake-up costs about 700 goroutine switches.
//
// The rule (Go's): when a goroutine becomes runnable, a thread is woken if a processor is idle and no thread is
// spinning, that is, looking for work without having any. A spinning thread that finds work wakes the next one, so the
// number of awake threads grows with the work, one at a time, and settles. Rejected, as by Go's authors: a central
// queue (does not scale), handing goroutine and thread over directly (destroys locality), waking a thread per ready()
// (it mostly finds nothing).
//
// Nothing is lost because both sides publish first and check afterwards, all sequentially consistent:
//      who makes a goroutine runnable          who stops spinning
//        1. queues it (RunQueue::put_next)       1. gives its P to the idle list
//        2. reads idle_proc_count, spinning      2. decrements spinning
//                                                3. looks into all queues again
// If the first one sees a spinner and wakes nobody, that spinner's step 2 comes later, so its step 3 finds the
// goroutine. The global queue is checked under its lock, which orders it likewise.
//
// Timers use the same scheme. One idle thread, the keeper, sleeps until the earliest timer; it takes the role, then
// looks at all heaps, then sleeps. Who starts a timer publishes it in the heap, then looks for a keeper. Where
// goroutines wait for descriptors the keeper sleeps in the network poller instead, and brings them back.
#include "runtime/src/core.h"
#include "runtime/src/netpoll.h"

namespace baton::rt {
namespace {

constexpr int64_t kMillisecond = 1'000'000;

void wake_keeper() noexcept {
  sched.keeper_wake.wake();
  if (netpoll_started()) netpoll_break();
}

// What the keeper has to wait for: the earliest timer, events of descriptors (INT64_MAX), or nothing at all (0).
int64_t next_event() noexcept {
  const int64_t earliest = earliest_timer();
  return earliest == 0 && netpoll_waiting() ? INT64_MAX : earliest;
}

// The keeper's sleep. Goroutines whose descriptors are ready meanwhile go to `list`; returns their number.
uint32_t keeper_sleep(int64_t until, GList* list) noexcept {
  if (until == 0) return 0;
  if (netpoll_started()) return netpoll(until, list);
  sched.keeper_wake.sleep_until(until);
  return 0;
}

// Sleeps until the earliest timer or an event of a descriptor, unless another thread does already or there is none.
// True: the thread has a P again.
bool keep_time(M* m, bool was_spinning) noexcept {
  const int64_t earliest = next_event();
  if (earliest == 0) return false;
  if (sched.keeper.exchange(true, std::memory_order_seq_cst)) {
    const int64_t until = sched.keeper_until.load(std::memory_order_seq_cst);
    if (until == 0 || until > earliest) wake_keeper();
    return false;
  }
  GList ready;
  const int64_t until = next_event();
  sched.keeper_until.store(until, std::memory_order_seq_cst);
  const uint32_t n = keeper_sleep(until, &ready);
  sched.keeper_until.store(0, std::memory_order_seq_cst);
  // A waker that comes after this line finds the note set for the next keeper: a needless look, nothing lost.
  sched.keeper_wake.clear();
  sched.keeper.store(false, std::memory_order_seq_cst);
  // Without an idle P all are busy, and fire timers at their next scheduling point.
  const bool has_p = reacquire(m, was_spinning && n == 0);
  if (n == 0) return has_p;
  if (has_p) {
    put_all(m->p, &ready, n);
  } else {
    sched.lock.lock();
    append_global(&ready, n);
    sched.lock.unlock();
    wakep();
  }
  return has_p;
}

// Counts the thread in *count, which is idle_thread_count (it goes to the list of idle threads then) or
// locked_thread_count; whoever wakes it takes it out again.
void sleep_until_given_p(M* m, int* count) noexcept BATON_NO_TSA {
  if (sched.forked.load(std::memory_order_relaxed)) die_after_fork();
  sched.lock.lock();
  if (count == &sched.idle_thread_count) {
    m->idle_link = sched.idle_threads;
    sched.idle_threads = m;
  }
  ++*count;
  bool decided = check_dead();
  sched.lock.unlock();
  // A foreign thread may end without a word, and with it the last hope: then the program is dead, so ask again.
  for (int64_t pause = kMillisecond; !decided; pause = pause < 100 * kMillisecond ? 2 * pause : pause) {
    if (m->wake.sleep_until(nanotime() + pause)) break;
    RuntimeLockGuard guard(sched.lock);
    decided = check_dead();
  }
  m->wake.sleep();
  m->wake.clear();
  P* p = m->next_p;
  m->next_p = nullptr;
  acquire_p(m, p);
}

}  // namespace

bool reacquire(M* m, bool spinning) noexcept {
  sched.lock.lock();
  P* p = take_idle_p();
  sched.lock.unlock();
  if (p == nullptr) return false;
  acquire_p(m, p);
  if (spinning) {
    m->spinning = true;
    sched.spinning.fetch_add(1, std::memory_order_seq_cst);
  }
  return true;
}

void hand_off(P* p) noexcept {
  sched.lock.lock();
  const bool is_surplus = p->id >= sched.proc_count.load(std::memory_order_relaxed);
  if (is_surplus || !p->queue.empty() || sched.queued.load(std::memory_order_relaxed) != 0) {
    sched.lock.unlock();
    startm(p, false);
    return;
  }
  put_idle_p(p);
  sched.lock.unlock();
  if (const int64_t when = p->timers.earliest()) wake_for_timer(when);
  // Who made a goroutine runnable while no P was idle has woken nobody.
  if (work_anywhere()) wakep();
}

void wakep() noexcept {
  if (sched.idle_proc_count.load(std::memory_order_seq_cst) == 0) return;
  if (sched.spinning.load(std::memory_order_seq_cst) != 0) return;
  int none = 0;
  if (!sched.spinning.compare_exchange_strong(none, 1, std::memory_order_seq_cst)) return;
  startm(nullptr, true);
}

void startm(P* p, bool spinning) noexcept {
  sched.lock.lock();
  if (p == nullptr) p = take_idle_p();
  if (p == nullptr) {
    sched.lock.unlock();
    if (spinning) sched.spinning.fetch_sub(1, std::memory_order_seq_cst);
    return;
  }
  M* m = sched.idle_threads;
  if (m == nullptr) {
    // Counted before the lock is released: a thread about to sleep must not take the program for dead meanwhile.
    const int id = sched.thread_count++;
    const int limit = sched.max_threads;
    sched.lock.unlock();
    if (id >= limit) thread_exhaustion(limit);
    start_thread(id, p, spinning);
    return;
  }
  sched.idle_threads = m->idle_link;
  sched.idle_thread_count--;
  sched.lock.unlock();
  m->spinning = spinning;
  m->next_p = p;
  m->wake.wake();
}

void stopm(M* m) noexcept { sleep_until_given_p(m, &sched.idle_thread_count); }

void wait_for_locked(M* m) noexcept {
  stop_spinning(m);
  if (sched.exiting.load(std::memory_order_acquire) == m) sched.stopping.store(false, std::memory_order_seq_cst);
  if (m->p != nullptr) {
    hand_off(release_p(m));
  } else if (sched.queued.load(std::memory_order_relaxed) != 0) {
    // The monitor took the processor, and the goroutine that came back is in the global queue (requeue). Any other
    // thread would look for an idle processor itself now.
    wakep();
  }
  sleep_until_given_p(m, &sched.locked_thread_count);
}

void run_locked(M* m, G* g) noexcept {
  // Others may have relied on it to find what they made runnable; the thread that gets the P will not look.
  if (m->spinning) reset_spinning(m);
  M* owner = g->locked_m;
  owner->next_p = release_p(m);
  // Not the thread that will run it counts, from here on, but this one, when it sleeps.
  sched.lock.lock();
  sched.locked_thread_count--;
  sched.lock.unlock();
  owner->wake.wake();
  stopm(m);
}

void stop_spinning(M* m) noexcept {
  if (!m->spinning) return;
  m->spinning = false;
  sched.spinning.fetch_sub(1, std::memory_order_seq_cst);
}

void reset_spinning(M* m) noexcept {
  stop_spinning(m);
  wakep();
}

void idle(M* m) noexcept {
  sched.lock.lock();
  if (sched.queued.load(std::memory_order_relaxed) != 0 || !m->p->alive) {
    sched.lock.unlock();
    return;
  }
  put_idle_p(release_p(m));
  sched.lock.unlock();
  const bool was_spinning = m->spinning;
  stop_spinning(m);
  if (was_spinning && work_anywhere() && reacquire(m, true)) return;
  if (keep_time(m, was_spinning)) return;
  stopm(m);
}

void wake_for_timer(int64_t when) noexcept {
  if (!sched.keeper.load(std::memory_order_seq_cst)) {
    // A running P fires it in time unless its goroutine computes on; an idle one can keep the time meanwhile.
    wakep();
    return;
  }
  const int64_t until = sched.keeper_until.load(std::memory_order_seq_cst);
  if (until == 0 || when < until) wake_keeper();
}

bool work_anywhere() noexcept {
  const int n = sched.proc_count.load(std::memory_order_acquire);
  for (int i = 0; i < n; i++) {
    if (!sched.all[i]->queue.empty()) return true;
  }
  RuntimeLockGuard guard(sched.lock);
  return sched.queued.load(std::memory_order_relaxed) != 0;
}

int64_t earliest_timer() noexcept {
  const int n = sched.proc_count.load(std::memory_order_acquire);
  int64_t earliest = 0;
  for (int i = 0; i < n; i++) {
    const int64_t when = sched.all[i]->timers.earliest();
    if (when != 0 && (earliest == 0 || when < earliest)) earliest = when;
  }
  return earliest;
}

void acquire_p(M* m, P* p) noexcept {
  m->p = p;
  p->m.store(m, std::memory_order_release);  // pairs with the monitor
}

P* release_p(M* m) noexcept {
  P* p = m->p;
  p->m.store(nullptr, std::memory_order_relaxed);
  m->p = nullptr;
  return p;
}

void put_idle_p(P* p) noexcept {
  p->idle_link = sched.idle_procs;
  sched.idle_procs = p;
  sched.idle_proc_count.fetch_add(1, std::memory_order_seq_cst);
}

P* take_idle_p() noexcept {
  P* p = sched.idle_procs;
  if (p == nullptr) return nullptr;
  sched.idle_procs = p->idle_link;
  sched.idle_proc_count.fetch_sub(1, std::memory_order_seq_cst);
  if (sched.monitor_sleeps) {
    sched.monitor_sleeps = false;
    sched.coarse_now.store(nanotime(), std::memory_order_relaxed);
    sched.monitor_wake.wake();
  }
  return p;
}

}  // namespace baton::rt
