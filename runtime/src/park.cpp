// SPDX-License-Identifier: Apache-2.0
//
// How a goroutine stops and goes on: park, ready, yield. A goroutine becomes findable for its waker (park's unlock)
// only when it is off its stack, on the scheduler's: so a waker can never resume a stack that is still in use, and no
// wake-up is lost between the decision to wait and the waiting.
#include <sched.h>
#include <baton/go.hpp>

#include "runtime/src/core.h"

namespace baton::rt {
namespace {

// xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled", 2016.
uint32_t step(uint64_t* state) noexcept {
  uint64_t x = *state;
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  *state = x;
  return static_cast<uint32_t>((x * 0x2545f4914f6cdd1dull) >> 32);
}

}  // namespace

void park(bool (*unlock)(G* g, void* arg), void* arg, WaitReason why) noexcept {
  M* m = current_m();
  if (m == nullptr) return park_thread(current(), unlock, arg, why);
  m->unlock = unlock;
  m->unlock_arg = arg;
  m->why = why;
  leave(m, After::kPark);
}

bool make_runnable(G* g) noexcept {
  if (g->status.load(std::memory_order_relaxed) != GStatus::kWaiting) throw_("ready: the goroutine is not parked");
  g->status.store(GStatus::kRunnable, std::memory_order_relaxed);
  if (g->thread_wake == nullptr) return true;
  sched.parked_threads.fetch_add(Sched::kThreadWakes, std::memory_order_seq_cst);
  g->thread_wake->wake();
  return false;
}

void ready(G* g) noexcept {
  if (!make_runnable(g)) return;
  {
    const PinScope pinned(current_m());
    if (P* p = pinned.p()) {
      put_local(p, g, true);
    } else {
      RuntimeLockGuard guard(sched.lock);
      put_global(g);
    }
  }
  wakep();
}

void yield() noexcept {
  M* m = current_m();
  if (m == nullptr) sched_yield();
  if (m == nullptr || m->current == nullptr) return;
  leave(m, After::kYield);
}

void yield_local() noexcept {
  M* m = current_m();
  if (m == nullptr || m->current == nullptr) return;
  leave(m, After::kYieldLocal);
}

bool may_spin_for_lock(int spins) noexcept {
  constexpr int kMostSpins = 4;
  if (spins >= kMostSpins || num_cpu() <= 1) return false;
  const int procs = sched.proc_count.load(std::memory_order_relaxed);
  const int others = procs - 1 - sched.idle_proc_count.load(std::memory_order_relaxed) -
                     sched.spinning.load(std::memory_order_relaxed);
  if (procs <= 1 || others <= 0) return false;
  const PinScope pinned(current_m());
  const P* p = pinned.p();
  return p != nullptr && p->queue.empty();
}

void spin_for_lock() noexcept {
  constexpr int kPauses = 30;
  for (int i = 0; i < kPauses; i++) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield" ::: "memory");
#endif
  }
}

uint32_t fast_random() noexcept {
  if (M* m = current_m()) return step(&m->random);
  // Written by any thread, relaxed: lost steps only make it more random.
  static constinit std::atomic<uint64_t> shared{0x9e3779b97f4a7c15ull};
  uint64_t state = shared.load(std::memory_order_relaxed);
  const uint32_t value = step(&state);
  shared.store(state, std::memory_order_relaxed);
  return value;
}

}  // namespace baton::rt
