// SPDX-License-Identifier: Apache-2.0
#include "runtime/src/timer_chan.h"

#include <stdlib.h>

#include <baton/timer.hpp>
#include <new>

#include "runtime/src/race.h"
#include "runtime/src/types.h"

namespace baton::rt {
namespace {

using internal::TimePoint;

int64_t time_after(int64_t delay) noexcept {
  int64_t when;
  if (__builtin_add_overflow(nanotime(), delay, &when)) return INT64_MAX;
  return when > 0 ? when : 1;
}

// Puts a time into the channel, or hands it to a receiver, which the caller has to wake.
Waiter* deliver(Channel* c, int64_t now) noexcept BATON_REQUIRES(c->lock) {
  const TimePoint time{std::chrono::nanoseconds(now)};
  const void* clock = &c->timer_clocks[c->timer->clock];
  if (Waiter* receiver = c->receivers.take()) {
    race::acquire_for(receiver->g->task, clock);
    new (receiver->element) TimePoint(time);
    receiver->success = true;
    return receiver;
  }
  if (c->count.load(std::memory_order_relaxed) != 0) return nullptr;
  new (c->slot(0)) TimePoint(time);
  c->element_clock = clock;
  c->count.store(1, std::memory_order_release);  // pairs with the look of try_recv
  return nullptr;
}

// On a scheduler's stack.
void fire(void* channel, int64_t now) noexcept BATON_NO_TSA {
  auto* c = static_cast<Channel*>(channel);
  UserTimer* t = c->timer;
  c->lock.lock();
  if (t->cancelled != 0) {
    t->cancelled--;
    c->lock.unlock();
    internal::chan_drop(c);
    return;
  }
  if (t->run != nullptr) {
    t->started = false;
    const Birth birth = t->birth;
    t->birth = {};
    c->lock.unlock();
    newproc({.run = t->run, .closure = c}, birth);  // with our reference
    return;
  }
  // A ticker that only counts itself has no receivers any more.
  const bool again = t->period != 0 && (!t->automatic || c->references.load(std::memory_order_relaxed) != 1);
  Waiter* receiver = deliver(c, now);
  if (again) {
    // Ticks that nobody could take are left out, as in Go.
    t->timer.when += t->period * (1 + (now - t->timer.when) / t->period);
    timer_start(&t->timer);
  } else {
    t->started = false;
  }
  c->lock.unlock();
  if (receiver != nullptr) ready(receiver->g);
  if (!again) internal::chan_drop(c);
}

void start(Channel* c, int64_t delay, int64_t period, const void* caller) noexcept BATON_REQUIRES(c->lock) {
  UserTimer* t = c->timer;
  if (t->run != nullptr) {
    t->birth = conceive(caller);
  } else {
    const bool first_in_use = c->count.load(std::memory_order_relaxed) != 0 && c->element_clock == &c->timer_clocks[0];
    t->clock = first_in_use ? 1 : 0;
    race::release(&c->timer_clocks[t->clock]);
  }
  internal::chan_retain(c);
  t->started = true;
  t->period = period;
  t->timer.when = time_after(delay);
  t->timer.fire = &fire;
  t->timer.arg = c;
  timer_start(&t->timer);
}

// Says whether it was started. The caller has a handle of the channel.
bool stop(Channel* c) noexcept BATON_REQUIRES(c->lock) {
  UserTimer* t = c->timer;
  if (!t->started) return false;
  t->started = false;
  give_up(&t->birth);
  if (timer_stop(&t->timer)) {
    c->references.fetch_sub(1, std::memory_order_relaxed);
  } else {
    t->cancelled++;
  }
  return true;
}

}  // namespace

void timer_abandon(Channel* c) noexcept {
  // Ours and the timer's own. If the timer is not started both belong to the program, and there is nothing to stop.
  if (!c->timer->automatic || c->references.load(std::memory_order_acquire) != 2) return;
  RuntimeLockGuard guard(c->lock);
  stop(c);
}

void mark_timer_receivers() noexcept {
  // The lock of a channel comes before that of a heap, so the channels are listed first. A started timer is a handle of
  // its channel, which makes it safe to make another one.
  Channel* list = nullptr;
  const int n = sched.procs_ever.load(std::memory_order_acquire);
  for (int i = 0; i < n; i++) {
    sched.all[i]->timers.for_each(
        [](const Timer* timer, void* head) {
          if (timer->fire != &fire) return;
          auto* c = static_cast<Channel*>(timer->arg);
          internal::chan_retain(c);
          c->timer->listed = *static_cast<Channel**>(head);
          *static_cast<Channel**>(head) = c;
        },
        &list);
  }
  while (Channel* c = list) {
    list = c->timer->listed;
    {
      RuntimeLockGuard guard(c->lock);
      for (const Waiter* w = c->receivers.first(); w != nullptr; w = w->next) w->g->awaits_timer = true;
    }
    internal::chan_drop(c);
  }
}

void timer_destroy(UserTimer* t) noexcept {
  race::IgnoreScope ignore;
  if (t->destroy != nullptr) t->destroy(t->closure);
  t->~UserTimer();
  free(t);
}

}  // namespace baton::rt

namespace baton::internal {

using namespace baton::rt;

Channel* timer_make(bool automatic, void (*run)(void*), void* closure, void (*destroy)(void*)) {
  Channel* c = chan_make(&kElementOps<TimePoint>, 1);
  race::IgnoreScope ignore;
  void* memory = malloc(sizeof(UserTimer));
  if (memory == nullptr) fatal("out of memory");
  auto* t = new (memory) UserTimer();
  t->automatic = automatic;
  t->run = run;
  t->closure = closure;
  t->destroy = destroy;
  c->timer = t;
  return c;
}

bool timer_reset(Channel* c, int64_t delay, int64_t period) {
  const void* caller = __builtin_return_address(0);
  if (c == nullptr) panic_text("time: Reset called on uninitialized Timer");
  RuntimeLockGuard guard(c->lock);
  const bool was_started = rt::stop(c);
  rt::start(c, delay, period, caller);
  return was_started;
}

bool timer_stop(Channel* c) {
  if (c == nullptr) panic_text("time: Stop called on uninitialized Timer");
  RuntimeLockGuard guard(c->lock);
  return rt::stop(c);
}

void* timer_closure(Channel* c) noexcept { return c->timer->closure; }

void timer_bad_interval(const char* text) { panic_text(text); }

}  // namespace baton::internal
