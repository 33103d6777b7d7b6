// SPDX-License-Identifier: Apache-2.0
//
// Semaphores for goroutines, keyed by the address of a 32-bit counter: acquire waits until the counter is positive and
// decrements it, release increments it and wakes one waiter. An object that is not contended costs its counter alone;
// the waiters of all objects live in one table. Follows Go's sema.go.
//
// The counter may be freed as soon as a waiter has returned: release does not touch it after its increment, unless it
// hands over to a waiter (who then still uses the object). No edges for the detector: the sync types make their own.
#pragma once

#include <stdint.h>

#include <atomic>

#include "runtime/src/sched.h"

namespace baton::rt {

// Waits for *counter > 0 and decrements it. `lifo`: to the head of the queue, for a waiter that was woken in vain.
// May block the goroutine, which then waits for the reason `why`.
void sema_acquire(std::atomic<uint32_t>* counter, bool lifo, WaitReason why) noexcept;

// Increments *counter and wakes one waiter, if there is one. `hand_off`: the waiter gets the increment itself, ahead of
// everybody, and the processor too: the caller yields.
void sema_release(std::atomic<uint32_t>* counter, bool hand_off) noexcept;

}  // namespace baton::rt
