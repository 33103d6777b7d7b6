// SPDX-License-Identifier: Apache-2.0
//
// The stacks of goroutines as text, in Go's form. Frames of the runtime at the top and everything below the goroutine's
// own function are left out. Needs the program's debug information for lines, frame pointers for parked goroutines.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "runtime/src/out.h"
#include "runtime/src/types.h"

namespace baton::rt {

// The return addresses on the running stack, innermost first. Memory of the runtime's own.
struct Trace {
  uintptr_t* pcs = nullptr;
  size_t size = 0;
};
Trace capture_trace() noexcept;
// Frees it; not for a trace that capture_trace_from has made.
void release_trace(const Trace& trace) noexcept;
// In a signal handler: from the interrupted instruction on.
Trace capture_trace_from(uintptr_t interrupted_pc) noexcept;

// "goroutine N [state]:", the stack and "created by ...". The first form is for the goroutine that the trace was taken
// of (null: a thread that runs none), the second for one that does not run.
void print_running(Out& out, const G* g, const Trace& trace) noexcept;
void print_goroutine(Out& out, const G* g) noexcept;

// All goroutines but `except`, ordered by number, each after a blank line.
void print_others(Out& out, const G* except) noexcept;
// The same for those that are wanted; returns their number. Others may run meanwhile: the state of each is that of a
// moment, and the stack of one that is just being resumed may show too few frames.
size_t print_selected(Out& out, bool (*wanted)(const G* g, const void* arg), const void* arg) noexcept;

}  // namespace baton::rt
