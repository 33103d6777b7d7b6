// SPDX-License-Identifier: Apache-2.0
//
// What a sanitizer has to be told of a runtime that moves threads between stacks, so that the runtime itself can be
// tested with one (BATON_SANITIZE=address or thread). In every other build each function is empty and Fiber has no
// members, so callers need no #if. The detector of baton has nothing to do with this: see race.h.
//
// Address: each switch announces the bounds of the stack it goes to. The scheduler's stack is the thread's own, or
// main's; nobody but the sanitizer knows its bounds, and tells them after the first switch away from it.
//
// Thread: each stack is a fiber, which the sanitizer treats like a thread. A switch orders what came before it with
// what comes after, as the thread that makes it does. That cannot be left out (__tsan_switch_to_fiber_no_sync): the
// scheduler and the goroutines of a thread share its M and P, and park() has the scheduler release the goroutine's
// lock. So a race between two goroutines is seen when they run on different threads.
#pragma once

#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/src/stack.h"

#if __has_feature(address_sanitizer)
#define BATON_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define BATON_TSAN 1
#endif

// For functions that return as another fiber than they were called by: the sanitizer's own stack of calls is the
// fiber's, so no call may begin in one and end in the other.
#define BATON_NOT_INSTRUMENTED __attribute__((disable_sanitizer_instrumentation))

namespace baton::rt::sanitize {

// A stack, as the sanitizer knows it.
struct Fiber {
#if BATON_ASAN
  const void* bottom = nullptr;
  size_t size = 0;
  void* fake_stack = nullptr;
#endif
#if BATON_TSAN
  void* handle = nullptr;
#endif
};

#if BATON_ASAN || BATON_TSAN

// `fiber` gets an unused stack, of which nothing is known any more.
void create(Fiber* fiber, const Stack& stack) noexcept;
// Nothing runs on the fiber's stack any more.
void destroy(Fiber* fiber) noexcept;
// `fiber` is the calling thread's own stack.
void adopt(Fiber* fiber) noexcept;
// Before and after a switch from one stack to another. `left` is null when the fiber goes on that was left by the same
// thread; `ends`: nobody will come back to `from`.
void leaving(Fiber* from, const Fiber* to, bool ends) noexcept;
void arrived(Fiber* here, Fiber* left) noexcept;
// The same as arrived() on a goroutine's stack.
void arrived_at_goroutine() noexcept;
// Memory that is not malloc's but points at its blocks.
void add_root(const void* p, size_t n) noexcept;
void remove_root(const void* p, size_t n) noexcept;
// Closes it where the sanitizer sees that: ThreadSanitizer would take the next use of the number for one of the same
// descriptor. In other builds without a call of the C library, whose function the detector watches.
void close_descriptor(int fd) noexcept;
// How many of the process's threads are not the sanitizer's.
int own_threads(int threads) noexcept;

#else

inline void create(Fiber*, const Stack&) noexcept {}
inline void destroy(Fiber*) noexcept {}
inline void adopt(Fiber*) noexcept {}
inline void leaving(Fiber*, const Fiber*, bool) noexcept {}
inline void arrived(Fiber*, Fiber*) noexcept {}
inline void arrived_at_goroutine() noexcept {}
inline void add_root(const void*, size_t) noexcept {}
inline void remove_root(const void*, size_t) noexcept {}
inline void close_descriptor(int fd) noexcept { syscall(SYS_close, fd); }
inline int own_threads(int threads) noexcept { return threads; }

#endif

}  // namespace baton::rt::sanitize
