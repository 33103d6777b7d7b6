// SPDX-License-Identifier: Apache-2.0
//
// Waiting for a lock without taking part in its queue: with the detector, where a lock that changes hands makes the
// next owner's first accesses dear, and where waking a waiter for each unlock of one who locks again at once costs more
// than the sections themselves. Who backs off looks again
//   * when a goroutine leaves its processor (parks, yields, ends) while the lock is free: its owner was not in a hurry
//     to have it back, or has had its time slice;
//   * at the latest after the pause it asked for.
// So one goroutine uses a contended lock for as long as it goes on, as it would on a single processor. (An LRU cache
// behind one Mutex, four goroutines, two processors: half of the processor time and of the time.)
//
// Rejected: sleeping alone, without the look at leaving goroutines: where two hand a lock to each other, through a Cond
// say, each hand-over would take the whole pause.
#pragma once

#include <stdint.h>

#include <atomic>

#include "runtime/src/sched.h"

namespace baton::rt {

struct M;

// Parks the running goroutine, which waits for a lock, for at most `pause` nanoseconds. The lock is free when
// (*state & locked) == 0. Returns false at once if the caller should rather queue up: there is one processor, this is
// no goroutine, or too many back off already. `state` is not looked at after the return.
bool back_off(const std::atomic<int32_t>* state, int32_t locked, int64_t pause, WaitReason why) noexcept;

// A goroutine has just left the processor of this thread, `m`: wakes those who back off from a lock that is free, one
// for each lock. Not if it left to back off itself: it has used no lock.
void wake_backed_off_now(const M* m) noexcept;
extern std::atomic<uint32_t> backed_off;  // how many there are; relaxed: who has just come looks at the lock himself
inline void wake_backed_off(const M* m) noexcept {
  if (backed_off.load(std::memory_order_relaxed) != 0) wake_backed_off_now(m);
}

}  // namespace baton::rt
