// SPDX-License-Identifier: Apache-2.0
//
// The timers of programs (<baton/timer.hpp>): a channel with a timer of timer.h behind it. The channel has room for one
// time; a firing that finds it full is dropped. The timer of after_func starts a goroutine instead, and its channel is
// only what its handles count.
//
// Rules:
//  * Everything here is guarded by the channel's lock, which is therefore taken before those of timers and scheduler.
//  * A started timer counts as a handle of its channel, until it was stopped or has fired for the last time.
//  * A firing that is under way when its timer is stopped or reset must do nothing: `cancelled` counts them. Which of
//    several firings obeys does not matter.
//
// Edges: a start releases one of the channel's two timer_clocks, and whoever receives a time that this start sent
// acquires it; never the one of an element that is still in the buffer, which an earlier start has sent. Slots get no
// clocks, so one firing tells nothing about the others. For after_func the start creates the goroutine's task.
#pragma once

#include "runtime/src/chan.h"
#include "runtime/src/core.h"
#include "runtime/src/timer.h"

namespace baton::rt {

struct UserTimer {
  Timer timer;
  int64_t period = 0;
  bool started = false;
  bool automatic = false;  // after, tick: stopped when nobody can receive from it. Never changes
  uint8_t clock = 0;       // which of the channel's timer_clocks belongs to the last start
  uint32_t cancelled = 0;
  Channel* listed = nullptr;  // mark_timer_receivers alone

  // after_func only. `run` gets the channel, with a reference.
  void (*run)(void*) = nullptr;
  void* closure = nullptr;
  void (*destroy)(void*) = nullptr;
  Birth birth;
};

// A handle of c is about to be dropped: stops an automatic timer if it was the last one.
void timer_abandon(Channel* c) noexcept;

// Sets G::awaits_timer of each goroutine that waits for the channel of a started timer. Once, at exit; goroutines of
// other threads may still run.
void mark_timer_receivers() noexcept;

// The channel is gone.
void timer_destroy(UserTimer* timer) noexcept;

}  // namespace baton::rt
