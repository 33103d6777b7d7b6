// SPDX-License-Identifier: Apache-2.0
//
// Birth and death of goroutines. A finished goroutine keeps its stack and goes to a list of its processor, from where
// the next go() takes it: so a short goroutine costs no memory and no system call.
#include <baton/go.hpp>

#include <new>

#include "runtime/src/core.h"
#include "runtime/src/slab.h"

namespace baton::internal {

// Where a goroutine's own frames end: traces are cut here.
[[noreturn]] __attribute__((noinline)) void goroutine_main(void* goroutine) noexcept {
  const auto* g = static_cast<rt::G*>(goroutine);
  rt::sanitize::arrived_at_goroutine();
  const rt::Start& start = g->start;
  if (start.run_words != nullptr) {
    start.run_words(start.words[0], start.words[1], start.words[2], start.words[3]);
  } else {
    start.run(start.closure);
  }
  rt::end_goroutine();
}

__attribute__((noinline)) void spawn(void (*run)(void*), void* closure) {
  rt::newproc({.run = run, .closure = closure}, rt::conceive(__builtin_return_address(0)));
}

__attribute__((noinline)) void spawn_words(void (*run)(Word, Word, Word, Word), Word a, Word b, Word c, Word d) {
  rt::newproc({.run_words = run, .words = {a, b, c, d}}, rt::conceive(__builtin_return_address(0)));
}

}  // namespace baton::internal

namespace baton::rt {
namespace {

// A processor keeps this many finished goroutines; half go to the common list when there are more.
constexpr uint32_t kFreeLimit = 64;

void remember(G* g) noexcept {
  // Releasing: a dump that finds g (acquiring load) sees it constructed.
  G* head = sched.all_goroutines.load(std::memory_order_relaxed);
  do {
    g->all_link = head;
  } while (!sched.all_goroutines.compare_exchange_weak(head, g, std::memory_order_release, std::memory_order_relaxed));
}

G* new_goroutine() noexcept {
  G* g = new (slab_alloc(sizeof(G))) G();
  g->stack = stack_alloc();
  remember(g);
  if (sched.started.load(std::memory_order_relaxed)) start_monitor();
  return g;
}

G* pop(G** list, uint32_t* count) noexcept {
  G* g = *list;
  if (g == nullptr) return nullptr;
  *list = g->sched_link;
  --*count;
  return g;
}

void push(G** list, uint32_t* count, G* g) noexcept {
  g->sched_link = *list;
  *list = g;
  ++*count;
}

// A finished goroutine's stack has the size that was right then.
G* with_right_stack(G* g) noexcept {
  if (g->stack.slot == slot_size()) return g;
  stack_trim(g->stack);
  stack_free(g->stack);
  g->stack = stack_alloc();
  return g;
}

G* free_goroutine(P* p) noexcept {
  if (p != nullptr) {
    if (G* g = pop(&p->free, &p->free_count)) return with_right_stack(g);
  }
  if (sched.started.load(std::memory_order_relaxed)) {
    RuntimeLockGuard guard(sched.lock);
    if (p != nullptr) {
      for (uint32_t n = 1; n < kFreeLimit / 2 && sched.free_count > 1; n++) {
        push(&p->free, &p->free_count, pop(&sched.free, &sched.free_count));
      }
    }
    G* g = pop(&sched.free, &sched.free_count);
    if (sched.free_count < sched.free_low) sched.free_low = sched.free_count;
    if (g == nullptr) g = pop(&sched.free_bare, &sched.free_bare_count);
    if (g != nullptr) return with_right_stack(g);
  }
  return new_goroutine();
}

// However often it was locked.
void leave_thread(G* g) noexcept {
  if (g->thread_locks == 0) return;
  g->thread_locks = 0;
  g->locked_m->locked_g = nullptr;
  g->locked_m = nullptr;
}

}  // namespace

Birth conceive(const void* pc) noexcept {
  const M* m = current_m();
  const G* parent = m != nullptr ? m->current : nullptr;
  Birth birth{.id = sched.last_id.fetch_add(1, std::memory_order_relaxed) + 1,
              .parent_id = parent != nullptr ? parent->id : 0,
              .pc = pc};
  // Before main there is no detector: announce_early_goroutines makes up for it.
  if (sched.started.load(std::memory_order_acquire)) birth.task = race::task_create(birth.id, pc);
  return birth;
}

void give_up(Birth* birth) noexcept {
  if (birth->task != nullptr) race::task_end(birth->task);
  birth->task = nullptr;
}

void newproc(const Start& start, const Birth& birth) noexcept {
  PinScope pinned(current_m());
  P* p = pinned.p();
  const bool started = sched.started.load(std::memory_order_acquire);  // pairs with __wrap_main
  G* g = free_goroutine(p);
  g->id = birth.id;
  g->parent_id = birth.parent_id;
  g->go_pc = birth.pc;
  g->start = start;
  prepare(&g->context, g->stack, &internal::goroutine_main, g);
  if (started) {
    // What the previous goroutine left on the stack is not this one's. The detector skips what it never saw of the
    // slot.
    race::mem_reset(g->stack.lo, static_cast<size_t>(g->stack.hi - g->stack.lo));
    g->task = birth.task;
    race::task_stack(g->task, g->stack.lo, g->stack.hi);
  }
  g->status.store(GStatus::kRunnable, std::memory_order_relaxed);
  if (p != nullptr) {
    p->created.store(p->created.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    // As in Go, tests that look for races must not rely on an order that other processors would not keep.
    const bool next = !race::kEnabled || sched.proc_count.load(std::memory_order_relaxed) == 1 || (fast_random() & 1);
    put_local(p, g, next);
    if (!next) std::atomic_thread_fence(std::memory_order_seq_cst);  // publish, then check (spin.cpp)
  } else {
    sched.created_elsewhere.fetch_add(1, std::memory_order_relaxed);
    RuntimeLockGuard guard(sched.lock);
    put_global(g);
  }
  if (started) wakep();
}

void end_goroutine() noexcept {
  M* m = current_m();
  race::task_end(m->current->task);
  leave(m, After::kExit);
  __builtin_unreachable();
}

void lock_thread(M* m) noexcept {
  if (m->current->thread_locks++ != 0) return;
  m->current->locked_m = m;
  m->locked_g = m->current;
}

void unlock_thread(G* g) noexcept {
  if (g->thread_locks > 1) {
    g->thread_locks--;
  } else {
    leave_thread(g);
  }
}

void recycle(P* p, G* g) noexcept {
  g->task = nullptr;
  // Releasing: pairs with num_goroutine.
  if (p != nullptr) {
    p->ended.store(p->ended.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  } else {
    sched.ended_elsewhere.fetch_add(1, std::memory_order_release);
  }
  g->status.store(GStatus::kDead,
                  std::memory_order_release);  // who sees it sees that the goroutine is counted as ended
  leave_thread(g);
  if (g->outermost_frame != nullptr) {
    // main ended by goexit(); its stack is the process's own and not used again.
    RuntimeLockGuard guard(sched.lock);
    sched.main_ended = true;
    return;
  }
  sanitize::destroy(&g->context.fiber);
  if (p == nullptr) {
    RuntimeLockGuard guard(sched.lock);
    push(&sched.free, &sched.free_count, g);
    return;
  }
  push(&p->free, &p->free_count, g);
  if (p->free_count < kFreeLimit) return;
  RuntimeLockGuard guard(sched.lock);
  while (p->free_count > kFreeLimit / 2) {
    push(&sched.free, &sched.free_count, pop(&p->free, &p->free_count));
  }
}

bool trim_stacks() noexcept {
  constexpr uint32_t kKeep = 1024;
  constexpr uint32_t kPiece = 4096;
  G* bare = nullptr;
  uint32_t n = 0;
  bool more;
  {
    RuntimeLockGuard guard(sched.lock);
    const uint32_t surplus = sched.free_low > kKeep ? sched.free_low - kKeep : 0;
    more = surplus > kPiece;
    while (n < surplus && n < kPiece) push(&bare, &n, pop(&sched.free, &sched.free_count));
    sched.free_low = more ? sched.free_low - n : sched.free_count;
  }
  for (G* g = bare; g != nullptr; g = g->sched_link) stack_trim(g->stack);
  RuntimeLockGuard guard(sched.lock);
  while (bare != nullptr) push(&sched.free_bare, &sched.free_bare_count, pop(&bare, &n));
  return more;
}

void release_free_goroutines(P* p) noexcept {
  while (G* g = pop(&p->free, &p->free_count)) push(&sched.free, &sched.free_count, g);
}

G* new_main_goroutine(void* outermost_frame) noexcept {
  G* g = new (slab_alloc(sizeof(G))) G();
  g->id = 1;
  g->outermost_frame = outermost_frame;
  sanitize::adopt(&g->context.fiber);
  g->status.store(GStatus::kRunning, std::memory_order_relaxed);
  remember(g);
  return g;
}

void announce_early_goroutines() noexcept {
  for (G* g = sched.all_goroutines.load(std::memory_order_acquire); g != nullptr; g = g->all_link) {
    if (g->status.load(std::memory_order_relaxed) != GStatus::kRunnable) continue;
    g->task = race::task_create(g->id, g->go_pc);
    race::task_stack(g->task, g->stack.lo, g->stack.hi);
  }
}

}  // namespace baton::rt

namespace baton {

void gosched() noexcept { rt::yield(); }

void lock_os_thread() noexcept {
  rt::M* m = rt::current_m();
  if (m != nullptr && m->current != nullptr) rt::lock_thread(m);
}

void unlock_os_thread() noexcept {
  const rt::M* m = rt::current_m();
  if (m != nullptr && m->current != nullptr) rt::unlock_thread(m->current);
}

int num_goroutine() noexcept {
  // Ends are read first: a goroutine that starts and ends meanwhile may be counted, never subtracted.
  const int n = rt::sched.procs_ever.load(std::memory_order_acquire);
  uint64_t ended = rt::sched.ended_elsewhere.load(std::memory_order_acquire);
  for (int i = 0; i < n; i++) ended += rt::sched.all[i]->ended.load(std::memory_order_acquire);
  uint64_t created = rt::sched.created_elsewhere.load(std::memory_order_relaxed);
  for (int i = 0; i < n; i++) created += rt::sched.all[i]->created.load(std::memory_order_relaxed);
  return static_cast<int>(created - ended);
}

}  // namespace baton
