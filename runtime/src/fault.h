// SPDX-License-Identifier: Apache-2.0
//
// Faults of the program that the processor reports: running past the end of a stack, a null pointer, a division by
// zero. They end the process with Go's texts, the goroutine's stack and exit status 2. Nothing is thrown: C++ code is
// not compiled to be left at any instruction.
//
// Handlers run on a stack of the thread's own, because the goroutine's may be full. A signal handler that the program
// installs afterwards replaces ours.
#pragma once

namespace baton::rt {

// SIGQUIT ends the process too, with the stacks of all goroutines. The handler only notes what the thread was doing;
// the monitor, which holds no lock of the program, prints.

// For the process, once. Does nothing in a build with a sanitizer, which has handlers of its own.
void install_fault_handlers() noexcept;

// The part of the monitor, or of who exits before it: ends the process if SIGQUIT has come.
void report_quit() noexcept;

// Whether SIGQUIT has come: the end is near.
bool quit_noted() noexcept;

// For each thread of the runtime, before it runs a goroutine: the stack that handlers run on.
void give_fault_stack() noexcept;

}  // namespace baton::rt
