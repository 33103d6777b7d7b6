// SPDX-License-Identifier: Apache-2.0
//
// The scheduler's loop: find a goroutine, run it, deal with why it came back. The order in which work is looked for is
// Go's (proc.go, findRunnable); at GOMAXPROCS=1 the order in which goroutines run is therefore Go's too.
#include "runtime/src/sched.h"

#include <time.h>

#include "runtime/src/back_off.h"
#include "runtime/src/core.h"
#include "runtime/src/netpoll.h"

extern "C" {
// What the polls in loops look at (preempt.cpp): initial-exec, so that a poll is one instruction and no call.
__attribute__((tls_model("initial-exec"))) constinit thread_local std::atomic<uint8_t> __baton_poll{0};
}

namespace baton::rt {

namespace {
constinit P first_processor;
}  // namespace

constinit Sched sched(&first_processor);

namespace {

__attribute__((tls_model("initial-exec"))) constinit thread_local M* this_m = nullptr;

// Every 61st time slice one goroutine comes from the global queue first: two goroutines that keep readying each other
// would starve it otherwise. The number is prime, so that it does not fall in step with a program's own periods.
constexpr uint32_t kGlobalTick = 61;

constexpr int kStealRounds = 4;

// Fires the timers of `p` that are due. *now is the time, read at most once; *fired is set if there was one.
void check_timers(P* p, int64_t* now, bool* fired) noexcept {
  const int64_t earliest = p->timers.earliest();
  if (earliest == 0) return;
  if (*now == 0) *now = nanotime();
  if (earliest <= *now && p->timers.run(*now)) *fired = true;
}

uint32_t gcd(uint32_t a, uint32_t b) noexcept {
  while (b != 0) {
    const uint32_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

// Looks at all processors in random order, several times: a step that is co-prime to their number visits each once. In
// the last round also fires their timers and takes goroutines that are next in line.
G* steal_work(M* m, bool* inherit, int64_t* now) noexcept {
  const auto n = static_cast<uint32_t>(sched.proc_count.load(std::memory_order_acquire));
  for (int round = 0; round < kStealRounds; round++) {
    const bool last = round == kStealRounds - 1;
    uint32_t step = 1 + fast_random() % n;
    while (gcd(step, n) != 1) step = step % n + 1;
    uint32_t at = fast_random() % n;
    for (uint32_t i = 0; i < n; i++, at = (at + step) % n) {
      P* victim = sched.all[at];
      if (victim == m->p) continue;
      if (last) {
        bool fired = false;
        check_timers(victim, now, &fired);
        if (fired) {
          if (G* g = m->p->queue.get(inherit)) return g;
        }
      }
      const bool runs = victim->m.load(std::memory_order_relaxed) != nullptr;
      *inherit = false;
      if (G* g = m->p->queue.steal(&victim->queue, last, runs)) return g;
    }
  }
  return nullptr;
}

bool may_spin(const M* m) noexcept {
  // At most half of the busy processors spin: more would burn CPU time without finding work any sooner.
  return m->spinning ||
         2 * sched.spinning.load(std::memory_order_seq_cst) <
             sched.proc_count.load(std::memory_order_relaxed) - sched.idle_proc_count.load(std::memory_order_seq_cst);
}

// The process ends (stop_for_exit). If the goroutine that runs exit() has to wait, it waits for others, so they run
// again; every other thread gives its work up and sleeps.
void obey_stop(M* m) noexcept {
  if (sched.forked.load(std::memory_order_relaxed)) die_after_fork();
  if (sched.exiting.load(std::memory_order_acquire) == m) {
    sched.stopping.store(false, std::memory_order_seq_cst);
    wakep();
    return;
  }
  GList rest;
  const uint32_t n = m->p->queue.drain(&rest);
  sched.lock.lock();
  append_global(&rest, n);
  const bool surplus = !m->p->alive;  // retire_if_surplus() comes first then
  if (!surplus) put_idle_p(release_p(m));
  sched.lock.unlock();
  if (surplus) return;
  stop_spinning(m);
  // The exiting thread may have lifted the stop before this P was idle, and so without waking anybody for it.
  if (!sched.stopping.load(std::memory_order_seq_cst)) wakep();
  stopm(m);
}

// The monitor wants the time slice to end: the goroutine that was to inherit it waits its turn.
void end_slice(M* m) noexcept {
  m->poll->store(0, std::memory_order_relaxed);
  bool inherit;
  if (G* next = m->p->queue.take_next(&inherit)) put_local(m->p, next, false);
}

G* find_runnable(M* m, bool* inherit) noexcept {
  // Without P if the monitor took it: what the thread brought back is in the global queue.
  if (m->p == nullptr && !reacquire(m, false)) stopm(m);
  for (;;) {
    if (retire_if_surplus(m)) {
      stopm(m);
      continue;
    }
    if (sched.stopping.load(std::memory_order_acquire)) {
      obey_stop(m);
      continue;
    }
    P* p = m->p;
    int64_t now = 0;
    bool fired = false;
    check_timers(p, &now, &fired);
    *inherit = false;
    if (m->poll->load(std::memory_order_relaxed) != 0) end_slice(m);
    if (p->tick.load(std::memory_order_relaxed) % kGlobalTick == 0 &&
        sched.queued.load(std::memory_order_relaxed) != 0) {
      RuntimeLockGuard guard(sched.lock);
      if (G* g = take_global(p, 1)) return g;
    }
    if (G* g = p->queue.get(inherit)) return g;
    if (sched.queued.load(std::memory_order_relaxed) != 0) {
      RuntimeLockGuard guard(sched.lock);
      if (G* g = take_global(p, 0)) return g;
    }
    if (netpoll_waiting() && !sched.keeper.load(std::memory_order_relaxed)) {
      GList ready;
      if (const uint32_t n = netpoll(0, &ready)) {
        G* first = ready.pop_front();
        put_all(p, &ready, n);
        return first;
      }
    }
    if (may_spin(m)) {
      if (!m->spinning) {
        m->spinning = true;
        sched.spinning.fetch_add(1, std::memory_order_seq_cst);
      }
      if (G* g = steal_work(m, inherit, &now)) return g;
    }
    idle(m);
  }
}

// yield(): to the end of the global queue, and on with whatever find_runnable would take next. When that can only be
// the global queue, its lock is taken once instead of twice; a null result says: look everywhere.
G* requeue(M* m, G* g) noexcept {
  P* p = m->p;
  g->status.store(GStatus::kRunnable, std::memory_order_relaxed);
  const bool is_global_turn = p != nullptr && p->tick.load(std::memory_order_relaxed) % kGlobalTick == 0;
  const bool simple = p != nullptr && (is_global_turn || p->queue.empty());
  RuntimeLockGuard guard(sched.lock);
  put_global(g);
  if (!simple || p->timers.earliest() != 0 || sched.stopping.load(std::memory_order_relaxed) || !p->alive) {
    return nullptr;
  }
  return take_global(p, is_global_turn ? 1 : 0);
}

// Deals with the goroutine that has just left; returns one to run at once, or null.
G* after_leave(M* m, bool* inherit) noexcept {
  G* g = m->current;
  race::task_switch(nullptr);
  pin(m);
  m->current = nullptr;
  if ((m->blocking.load(std::memory_order_relaxed) & 1) != 0) leave_blocking(m);
  if (race::kEnabled) wake_backed_off(m);
  *inherit = false;
  switch (m->after) {
    case After::kPark:
      g->why = m->why;
      g->waits_since.store(sched.coarse_now.load(std::memory_order_relaxed), std::memory_order_relaxed);
      g->status.store(GStatus::kWaiting, std::memory_order_relaxed);
      // Once unlock has returned true, g may run elsewhere, or be somebody else.
      if (m->unlock == nullptr || m->unlock(g, m->unlock_arg)) return nullptr;
      if (m->p == nullptr) return requeue(m, g);
      *inherit = true;
      return g;
    case After::kYield:
      return requeue(m, g);
    case After::kYieldLocal:
      if (m->p == nullptr) return requeue(m, g);
      g->status.store(GStatus::kRunnable, std::memory_order_relaxed);
      put_local(m->p, g, false);
      return nullptr;
    case After::kExit:
      recycle(m->p, g);
      return nullptr;
    case After::kFatal:
      die_on_scheduler(m);
  }
  __builtin_unreachable();
}

}  // namespace

__attribute__((noinline)) M* current_m() noexcept {
  asm volatile("");
  return this_m;
}

__attribute__((noinline)) std::atomic<uint8_t>* poll_byte() noexcept {
  asm volatile("");
  return &__baton_poll;
}

__attribute__((noinline)) void set_current_m(M* m) noexcept {
  asm volatile("");
  this_m = m;
}

G* current() noexcept {
  const M* m = current_m();
  return m == nullptr ? thread_goroutine() : m->current;
}

void scheduler_main(void* arg) noexcept {
  M* m = static_cast<M*>(arg);
  G* g = nullptr;
  bool inherit = false;
  if (m->current != nullptr) {
    // The first thread: main ran on it before its scheduler did.
    sanitize::arrived(&m->home.fiber, &m->current->context.fiber);
    stopped(&m->current->context, m->home.thread);
    g = after_leave(m, &inherit);
  }
  for (;;) {
    if (m->locked_g != nullptr) {
      if (g != m->locked_g) {
        if (g != nullptr) put_local(m->p, g, true);
        wait_for_locked(m);
        g = m->locked_g;
        inherit = false;
      }
    } else {
      if (g == nullptr) g = find_runnable(m, &inherit);
      if (g->locked_m != nullptr) {
        run_locked(m, g);
        g = nullptr;
        continue;
      }
    }
    if (m->spinning) reset_spinning(m);
    if (!inherit) {
      m->p->tick.store(m->p->tick.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
      if (m->poll->load(std::memory_order_relaxed) != 0) m->poll->store(0, std::memory_order_relaxed);
    }
    g->status.store(GStatus::kRunning, std::memory_order_relaxed);
    m->current = g;
    race::task_switch(g->task);
    m->resumed.store(m->resumed.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    unpin(m);
    resume(&g->context, &m->home);
    g = after_leave(m, &inherit);
  }
}

void leave(M* m, After after) noexcept {
  m->after = after;
  go_home(&m->current->context, &m->home, after == After::kExit);
}

void put_global(G* g) noexcept {
  sched.queue.push_back(g);
  sched.queued.store(sched.queued.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

void append_global(GList* list, uint32_t n) noexcept {
  sched.queue.append(list);
  sched.queued.store(sched.queued.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
}

G* take_global(P* p, uint32_t max) noexcept {
  const uint32_t queued = sched.queued.load(std::memory_order_relaxed);
  if (queued == 0) return nullptr;
  const auto procs = static_cast<uint32_t>(sched.proc_count.load(std::memory_order_relaxed));
  uint32_t n = procs == 1 ? queued : queued / procs + 1;  // no division in a loop of gosched() on one processor
  if (n > queued) n = queued;
  if (max > 0 && n > max) n = max;
  if (n > RunQueue::kSize / 2) n = RunQueue::kSize / 2;
  sched.queued.store(queued - n, std::memory_order_relaxed);
  G* first = sched.queue.pop_front();
  for (uint32_t i = 1; i < n; i++) {
    // A share is taken when the ring is empty, and is half of it at most: it always fits.
    GList none;
    p->queue.put(sched.queue.pop_front(), &none);
  }
  return first;
}

void put_local(P* p, G* g, bool next) noexcept {
  GList overflow;
  const uint32_t n = next ? p->queue.put_next(g, &overflow) : p->queue.put(g, &overflow);
  if (n == 0) return;
  RuntimeLockGuard guard(sched.lock);
  append_global(&overflow, n);
}

void put_all(P* p, GList* list, uint32_t n) noexcept {
  while (G* g = list->pop_front()) put_local(p, g, false);
  std::atomic_thread_fence(std::memory_order_seq_cst);  // publish, then check (spin.cpp)
  if (n > 1) wakep();
}

int64_t nanotime() noexcept {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace baton::rt
