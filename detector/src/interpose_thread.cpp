// SPDX-License-Identifier: Apache-2.0
//
// Threads that the program starts itself (pthread_create, and so std::thread, std::jthread, std::async): each is a task
// of its own, named `thread T1`, `thread T2` and so on beside the goroutines.
//
//   create   the thread starts with its creator's clock
//   end      after the destructors of its thread-local variables and of its thread-specific data: release of the
//            thread's handle; join, also with a time limit: acquire of it
//   detach   no edge
//
// The stack of a thread, with the thread-local variables at its top, is used again for later threads by the C library:
// its history is dropped when a thread starts on it. The runtime's own threads are no tasks: it makes them in an ignore
// scope, or while no task runs.

#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <threads.h>
#include <time.h>

#include <atomic>
#include <new>

#include "detector/include/baton/race_abi.h"
#include "detector/src/access.h"
#include "detector/src/chain.h"
#include "detector/src/interpose.h"
#include "detector/src/mem.h"
#include "detector/src/real.h"
#include "detector/src/sync.h"

namespace baton::detector {

void use_interposed_thread() {}

namespace {

// What a new thread gets from its creator.
struct Birth {
  void* (*routine)(void*);
  void* argument;
  Task* task;
};
constexpr size_t kBirthBytes = 64;  // of a block (mem.h)
static_assert(sizeof(Birth) <= kBirthBytes);

constinit std::atomic<uint64_t> thread_count{0};  // names threads; relaxed: nothing else is published
constinit pthread_key_t end_key = 0;              // its destructor ends the task; set before the first thread starts
constinit pthread_once_t end_key_once = PTHREAD_ONCE_INIT;

uintptr_t handle_address(pthread_t thread) { return static_cast<uintptr_t>(thread); }

void end_thread() {
  Task* task = current_task;
  release(*task, handle_address(pthread_self()));
  set_current_task(nullptr);
  end_task(task);
}

// Destructors of other keys may run after this one: it asks to be called again until there will be no further round.
void on_end(void* rounds_left) {
  const auto left = reinterpret_cast<uintptr_t>(rounds_left);
  if (left > 1 && pthread_setspecific(end_key, reinterpret_cast<void*>(left - 1)) == 0) return;
  end_thread();
}

void make_end_key() {
  if (pthread_key_create(&end_key, on_end) != 0) die("keys of thread-specific data");
}

// The memory that the thread's stack occupies, thread-local variables included.
void adopt_stack(Task& task, const void* frame) {
  pthread_attr_t attributes;
  void* lo = nullptr;
  size_t size = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
    pthread_attr_getstack(&attributes, &lo, &size);
    pthread_attr_destroy(&attributes);
    reset_shadow(reinterpret_cast<uintptr_t>(lo), size);
  }
  task.stack_begin = reinterpret_cast<uintptr_t>(lo);
  task.stack_end = end_of_program_frames(reinterpret_cast<uintptr_t>(frame));
}

void* run_thread(void* birth) {
  const Birth self = *static_cast<Birth*>(birth);
  free_block(birth, kBirthBytes);
  adopt_stack(*self.task, __builtin_frame_address(0));
  pthread_setspecific(end_key, reinterpret_cast<void*>(uintptr_t{PTHREAD_DESTRUCTOR_ITERATIONS}));
  __baton_ctx = 0;
  set_current_task(self.task);
  return self.routine(self.argument);
}

int joined(int result, pthread_t thread) {
  if (Task* task = current_task; task != nullptr && result == 0) acquire(*task, handle_address(thread));
  return result;
}

}  // namespace
}  // namespace baton::detector

using namespace baton::detector;

extern "C" {

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*routine)(void*),
                   void* argument) noexcept {
  Task* creator = current_task;
  if (creator == nullptr || creator->ignore_depth != 0) {
    return BATON_REAL(pthread_create, thread, attributes, routine, argument);
  }
  pthread_once(&end_key_once, make_end_key);
  const uint64_t number = thread_count.fetch_add(1, std::memory_order_relaxed) + 1;
  Task* task = new_task(creator, kThreadBit | number, context_of(BATON_CALL_SITE(creator, __baton_ctx)));
  Birth* birth = new (alloc_block(kBirthBytes)) Birth{routine, argument, task};
  // What the C library does for a new thread is not the program's doing: the stack it allocates, the table of its
  // thread-local variables.
  set_current_task(nullptr);
  const int result = BATON_REAL(pthread_create, thread, attributes, run_thread, birth);
  set_current_task(creator);
  if (result != 0) {
    end_task(task);
    free_block(birth, kBirthBytes);
  }
  return result;
}

int pthread_join(pthread_t thread, void** value) { return joined(BATON_REAL(pthread_join, thread, value), thread); }

int pthread_tryjoin_np(pthread_t thread, void** value) noexcept {
  return joined(BATON_REAL(pthread_tryjoin_np, thread, value), thread);
}

int pthread_timedjoin_np(pthread_t thread, void** value, const timespec* until) {
  return joined(BATON_REAL(pthread_timedjoin_np, thread, value, until), thread);
}

int pthread_clockjoin_np(pthread_t thread, void** value, clockid_t clock, const timespec* until) {
  return joined(BATON_REAL(pthread_clockjoin_np, thread, value, clock, until), thread);
}

}  // extern "C"
