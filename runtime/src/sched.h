// SPDX-License-Identifier: Apache-2.0
//
// The scheduler as the rest of the runtime sees it: who runs, park, ready. Channels, select, the sync types and timers
// are written on these few functions alone and know nothing of processors, threads or run queues.
//
// Rules:
//  * park() is called with at most one RuntimeLock held, the one its unlock function releases; ready() with none that
//    the woken goroutine could need.
//  * After park() returns, thread-local addresses obtained before it are stale: the goroutine may be on another thread.
#pragma once

#include <stdint.h>

#include "runtime/src/wait_reason.h"

namespace baton::rt {

struct G;  // a goroutine; types.h

// Who is about to wait: the running goroutine, or what stands for the calling thread if the program started that itself
// (thread.cpp); null in scheduler code. In a static initialiser on the initial thread it makes that thread goroutine 1.
// Never cache it across park().
G* current() noexcept;

// Stops the running goroutine until ready(g). `unlock` runs on the scheduler's stack once the goroutine can no longer
// be running, with (g, arg): it publishes or releases whatever lets a waker find g, and returns true; if it returns
// false g goes on at once. Null `unlock`: nothing to release. Follows Go's gopark.
void park(bool (*unlock)(G* g, void* arg), void* arg, WaitReason why) noexcept;

// Makes a parked goroutine runnable, next in line on this processor. Exactly once per park(). Follows Go's goready.
void ready(G* g) noexcept;

// Gives the processor to other goroutines; the caller goes to the global queue. Follows Go's Gosched.
void yield() noexcept;

// Gives the processor to the next goroutine in line here; the caller goes to the end of this processor's own queue.
// Follows Go's goyield.
void yield_local() noexcept;

// Whether it may pay to wait actively for a lock that is held, after `spins` rounds of spin_for_lock(): only a few,
// only if its owner can run on another processor meanwhile, and if this one has nothing else to run. Follow Go's
// sync_runtime_canSpin and sync_runtime_doSpin.
bool may_spin_for_lock(int spins) noexcept;
void spin_for_lock() noexcept;

// Monotonic time in nanoseconds.
int64_t nanotime() noexcept;

// A number that depends on nothing: random order of select cases and of victims. Thread-safe, not reproducible.
uint32_t fast_random() noexcept;

// Ends the process as Go's runtime.fatal does: "fatal error: TEXT", the stacks of goroutines, exit status 2. The text
// names a fault of the program.
[[noreturn]] void fatal(const char* text) noexcept;

// Ends the process because the runtime itself is broken: an impossible state. Go's runtime.throw.
[[noreturn]] void throw_(const char* text) noexcept;

// Throws baton::panic_error with this text, as a Go run-time panic. The caller holds no RuntimeLock.
[[noreturn]] void panic_text(const char* text);

}  // namespace baton::rt
