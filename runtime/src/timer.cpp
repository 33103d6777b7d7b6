// SPDX-License-Identifier: Apache-2.0
//
// A 4-ary heap: half as deep as a binary one, and the four children of an entry lie in one cache line.
#include "runtime/src/timer.h"

#include "runtime/src/core.h"
#include "runtime/src/slab.h"

namespace baton::rt {
namespace {

constexpr uint32_t kArity = 4;

void wake_sleeper(void* g, int64_t) noexcept { ready(static_cast<G*>(g)); }

// Armed only when the goroutine is off its stack: the timer may fire at once, on another thread.
bool arm_sleep(G* g, void* when) noexcept {
  ready_at(g, *static_cast<const int64_t*>(when));
  return true;
}

}  // namespace

void TimerHeap::place(Timer* timer, uint32_t index) noexcept {
  items_[index] = timer;
  timer->index = index;
}

void TimerHeap::sift_up(uint32_t index) noexcept {
  Timer* timer = items_[index];
  while (index > 0) {
    const uint32_t parent = (index - 1) / kArity;
    if (!before(timer, items_[parent])) break;
    place(items_[parent], index);
    index = parent;
  }
  place(timer, index);
}

void TimerHeap::sift_down(uint32_t index) noexcept {
  Timer* timer = items_[index];
  for (;;) {
    const uint32_t first = index * kArity + 1;
    if (first >= size_) break;
    uint32_t least = first;
    for (uint32_t child = first + 1; child < first + kArity && child < size_; child++) {
      if (before(items_[child], items_[least])) least = child;
    }
    if (!before(items_[least], timer)) break;
    place(items_[least], index);
    index = least;
  }
  place(timer, index);
}

void TimerHeap::grow() noexcept {
  const uint32_t capacity = capacity_ == 0 ? 512 : capacity_ * 2;
  auto** items = static_cast<Timer**>(pages_alloc(capacity * sizeof(Timer*)));
  for (uint32_t i = 0; i < size_; i++) items[i] = items_[i];
  if (items_ != nullptr) pages_free(items_, capacity_ * sizeof(Timer*));
  items_ = items;
  capacity_ = capacity;
}

void TimerHeap::publish() noexcept {
  const int64_t earliest = size_ == 0 ? 0 : items_[0]->when;
  if (earliest != earliest_.load(std::memory_order_relaxed)) earliest_.store(earliest, std::memory_order_seq_cst);
}

void TimerHeap::insert_locked(Timer* timer) noexcept {
  if (size_ == capacity_) grow();
  timer->heap.store(this, std::memory_order_release);  // pairs with timer_stop
  place(timer, size_++);
  sift_up(timer->index);
}

void TimerHeap::take_out(uint32_t index) noexcept {
  items_[index]->heap.store(nullptr, std::memory_order_release);  // pairs with timer_stop
  Timer* last = items_[--size_];
  if (index == size_) return;
  place(last, index);
  sift_up(index);
  sift_down(last->index);
}

void TimerHeap::insert(Timer* timer) noexcept {
  // One sequence for all heaps: timers keep their order when they move to another heap. Relaxed: only the number
  // counts.
  static constinit std::atomic<uint64_t> sequence{0};
  timer->order = sequence.fetch_add(1, std::memory_order_relaxed);
  RuntimeLockGuard guard(lock_);
  insert_locked(timer);
  publish();
}

bool TimerHeap::remove(Timer* timer) noexcept {
  RuntimeLockGuard guard(lock_);
  if (timer->heap.load(std::memory_order_relaxed) != this) return false;
  take_out(timer->index);
  publish();
  return true;
}

bool TimerHeap::run(int64_t now) noexcept {
  bool fired = false;
  for (;;) {
    lock_.lock();
    if (size_ == 0 || items_[0]->when > now) break;
    Timer* timer = items_[0];
    void (*fire)(void*, int64_t) = timer->fire;
    void* arg = timer->arg;
    take_out(0);
    publish();
    lock_.unlock();
    // The timer may be started again, or be gone, from here on.
    fire(arg, now);
    fired = true;
  }
  lock_.unlock();
  return fired;
}

void TimerHeap::move_to(TimerHeap* other) noexcept {
  RuntimeLockGuard guard(lock_);
  RuntimeLockGuard other_guard(other->lock_);
  for (uint32_t i = 0; i < size_; i++) other->insert_locked(items_[i]);
  size_ = 0;
  publish();
  other->publish();
}

void TimerHeap::for_each(void (*visit)(const Timer* timer, void* arg), void* arg) noexcept {
  RuntimeLockGuard guard(lock_);
  for (uint32_t i = 0; i < size_; i++) visit(items_[i], arg);
}

void timer_start(Timer* timer) noexcept {
  const int64_t when = timer->when;
  {
    const PinScope pinned(current_m());
    P* p = pinned.p();
    (p != nullptr ? p : sched.all[0])->timers.insert(timer);
  }
  wake_for_timer(when);
}

bool timer_stop(Timer* timer) noexcept {
  // The heap may change while we look, when its processor retires.
  while (TimerHeap* heap = timer->heap.load(std::memory_order_acquire)) {
    if (heap->remove(timer)) return true;
  }
  return false;
}

void ready_at(G* g, int64_t when) noexcept {
  g->sleep_timer.when = when > 0 ? when : 1;
  g->sleep_timer.fire = &wake_sleeper;
  g->sleep_timer.arg = g;
  timer_start(&g->sleep_timer);
}

void sleep_until(int64_t when) noexcept {
  const M* m = current_m();
  if (m == nullptr) {
    Note never;
    never.sleep_until(when);
    return;
  }
  park(&arm_sleep, &when, WaitReason::kSleep);
}

}  // namespace baton::rt
