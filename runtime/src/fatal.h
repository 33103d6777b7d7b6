// SPDX-License-Identifier: Apache-2.0
//
// How the process ends when it cannot go on. Three words, three meanings, as in Go's runtime:
//   panic   the program's fault, an exception; this file comes in when nobody catches it
//   fatal   the program's fault, cannot be caught: all stacks
//   throw_  the runtime's fault: all stacks
// Exit status 2 in each case. The environment variable GOTRACEBACK says whose stacks a panic prints: none, single (the
// default) or all (also system); with crash, all, and then the process ends by SIGABRT.
#pragma once

#include <stdint.h>

#include "runtime/src/traceback.h"

namespace baton::rt {

// Prints the parts of the headline as one line, then stacks, and ends the process. `all`: of all goroutines. Called by
// the handler of a signal, `fault_pc` is the instruction that was interrupted: the stack is shown from there.
[[noreturn]] void die(const char* kind, const char* subject, const char* text, bool all,
                      uintptr_t fault_pc = 0) noexcept;

// Ends the process for a signal that is no fault: all stacks, first that of `g` (may be null).
[[noreturn]] void die_of_signal(const char* headline, const G* g, const Trace& trace) noexcept;

// Called at exit: what another thread has to say of the process's death is not cut short. Does not return then.
void wait_if_dying() noexcept;

}  // namespace baton::rt
