// SPDX-License-Identifier: Apache-2.0
//
// Moving a thread from one stack to another, and what C++ keeps per thread although it belongs to the code that runs:
// the exceptions being handled and errno. resume() is the one place where a goroutine starts or stops running on a
// thread, so these are saved and restored here and nowhere else.
//
//  * Only the scheduler's stack of a thread calls resume(), and it never changes its thread: the addresses of errno and
//    of the exception state are fetched once per thread (ThreadState), never while a goroutine moves.
//  * The floating-point control words are the thread's, not the goroutine's, as in most code that changes them at all.
#pragma once

#include <cxxabi.h>
#include <errno.h>
#include <stdint.h>

#include "runtime/src/sanitize.h"
#include "runtime/src/stack.h"

extern "C" {
// Pushes the callee-saved registers, stores the stack pointer to *save, goes on at `to` (switch_x86_64.S).
void baton_switch(void** save, void* to) noexcept;
// Where a new stack begins: calls rbx(r12) as the outermost frame, where unwinders and debuggers end.
void baton_stack_entry();
}

namespace baton::rt {

// The part of __cxa_eh_globals that every C++ runtime on this platform has, in this order (Itanium C++ ABI, 2.2.2).
struct ExceptionState {
  void* caught = nullptr;
  unsigned uncaught = 0;
};

// Addresses of the thread's own state.
struct ThreadState {
  ExceptionState* exceptions = nullptr;
  int* error = nullptr;

  void fetch() noexcept {
    exceptions = reinterpret_cast<ExceptionState*>(abi::__cxa_get_globals());
    error = &errno;
  }
};

// A goroutine that is not running.
struct Context {
  void* sp = nullptr;
  ExceptionState exceptions;
  int error = 0;
  [[no_unique_address]] sanitize::Fiber fiber;
};

// The scheduler of a thread, while a goroutine runs on it.
struct Home {
  void* sp = nullptr;
  ThreadState thread;
  [[no_unique_address]] sanitize::Fiber fiber;
};

// What baton_switch has pushed, lowest address first.
struct SwitchFrame {
  void* r15;
  void* r14;
  void* r13;
  void* r12;
  void* rbx;
  void* rbp;
  void* return_address;
};

// Makes `context` start at entry(arg) on an empty stack. `entry` does not return.
inline void prepare(Context* context, const Stack& stack, void (*entry)(void*), void* arg) noexcept {
  auto* frame = reinterpret_cast<SwitchFrame*>(stack.hi) - 1;
  *frame = {};
  frame->r12 = arg;
  frame->rbx = reinterpret_cast<void*>(entry);
  frame->return_address = reinterpret_cast<void*>(&baton_stack_entry);
  *context = {};
  context->sp = frame;
  sanitize::create(&context->fiber, stack);
}

// Saves what the thread still holds of a goroutine that has just switched away from it.
inline void stopped(Context* context, const ThreadState& thread) noexcept {
  context->exceptions = *thread.exceptions;
  context->error = *thread.error;
}

// Runs `context` on this thread until it switches back to `home`.
inline void resume(Context* context, Home* home) noexcept {
  *home->thread.exceptions = context->exceptions;
  *home->thread.error = context->error;
  void* sp = context->sp;
  sanitize::leaving(&home->fiber, &context->fiber, false);
  baton_switch(&home->sp, sp);
  sanitize::arrived(&home->fiber, nullptr);
  stopped(context, home->thread);
}

// The other way round, from the goroutine that runs. If it does not end, returns when somebody resumes it.
inline void go_home(Context* context, Home* home, bool ends) noexcept {
  void* sp = home->sp;
  sanitize::leaving(&context->fiber, &home->fiber, ends);
  baton_switch(&context->sp, sp);
  sanitize::arrived_at_goroutine();
}

}  // namespace baton::rt
