// SPDX-License-Identifier: Apache-2.0
//
// Compiled only with BATON_SANITIZE.
#include "runtime/src/sanitize.h"

#if BATON_ASAN || BATON_TSAN

#include "runtime/src/core.h"

#if BATON_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#endif
#if BATON_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace baton::rt::sanitize {

#if BATON_ASAN

// Variables on a fake stack would outlive the frames that a trace follows, and each goroutine would own megabytes.
extern "C" const char* __asan_default_options() { return "detect_stack_use_after_return=0"; }

void create(Fiber* fiber, const Stack& stack) noexcept {
  // The previous owner has never returned from its outermost frames.
  __asan_unpoison_memory_region(stack.lo, static_cast<size_t>(stack.hi - stack.lo));
  *fiber = {stack.lo, static_cast<size_t>(stack.hi - stack.lo), nullptr};
}

void destroy(Fiber*) noexcept {}

void adopt(Fiber*) noexcept {}

void leaving(Fiber* from, const Fiber* to, bool ends) noexcept {
  __sanitizer_start_switch_fiber(ends ? nullptr : &from->fake_stack, to->bottom, to->size);
}

void arrived(Fiber* here, Fiber* left) noexcept {
  const void* bottom;
  size_t size;
  __sanitizer_finish_switch_fiber(here->fake_stack, &bottom, &size);
  if (left == nullptr || left->bottom != nullptr) return;
  add_root(bottom, size);
  left->bottom = bottom;
  left->size = size;
}

void add_root(const void* p, size_t n) noexcept { __lsan_register_root_region(p, n); }

void remove_root(const void* p, size_t n) noexcept { __lsan_unregister_root_region(p, n); }

int own_threads(int threads) noexcept { return threads; }

#else

// By default every process waits a second when it ends, for races of threads that still run.
extern "C" const char* __tsan_default_options() { return "atexit_sleep_ms=0"; }

// Not kept for the next goroutine: it would start with the calls in which the previous one ended.
void create(Fiber* fiber, const Stack&) noexcept { fiber->handle = __tsan_create_fiber(0); }

void destroy(Fiber* fiber) noexcept { __tsan_destroy_fiber(fiber->handle); }

void adopt(Fiber* fiber) noexcept { fiber->handle = __tsan_get_current_fiber(); }

BATON_NOT_INSTRUMENTED void leaving(Fiber*, const Fiber* to, bool) noexcept { __tsan_switch_to_fiber(to->handle, 0); }

void arrived(Fiber*, Fiber*) noexcept {}

void add_root(const void*, size_t) noexcept {}

void remove_root(const void*, size_t) noexcept {}

// The sanitizer starts a thread of its own before the program's second one.
int own_threads(int threads) noexcept { return threads > 1 ? threads - 1 : threads; }

#endif

void close_descriptor(int fd) noexcept { ::close(fd); }

void arrived_at_goroutine() noexcept {
  M* m = current_m();
  arrived(&m->current->context.fiber, &m->home.fiber);
}

}  // namespace baton::rt::sanitize

#endif
