// SPDX-License-Identifier: Apache-2.0
//
// The locks of the C library, and so of the C++ library (std::mutex, std::shared_mutex, std::condition_variable,
// std::call_once): the edges they make between tasks (happens-before.md). Each function calls the C library's own and
// tells the clocks; without a running task it only calls.
//
//   mutex, spin lock   lock: acquire; unlock: release
//   stream             flockfile: acquire; funlockfile: release
//   rwlock             as RWMutex: readers publish to a clock of their own (one byte further), which a writer acquires
//   condition          a wait unlocks and locks its mutex; the signal itself orders through the mutex
//   once               the end of the routine happens before every return
//   semaphore          post: release_merge; a successful wait: acquire
//   barrier            all arrivals happen before all departures

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "detector/include/baton/thread_lock.h"
#include "detector/src/access.h"
#include "detector/src/interpose.h"
#include "detector/src/real.h"
#include "detector/src/sync.h"

namespace baton::detector {

void use_interposed_pthread() {}

namespace {

void acquire_object(const void* object) {
  if (Task* task = current_task) acquire(*task, reinterpret_cast<uintptr_t>(object));
}

void release_object(const void* object) {
  if (Task* task = current_task) release(*task, reinterpret_cast<uintptr_t>(object));
}

// Of a lock that is held alone.
void acquire_lock(const volatile void* lock) {
  if (Task* task = current_task) acquire_lock(*task, reinterpret_cast<uintptr_t>(lock));
}

void release_lock(const volatile void* lock) {
  if (Task* task = current_task) release_lock(*task, reinterpret_cast<uintptr_t>(lock));
}

void merge_object(const void* object) {
  if (Task* task = current_task) release_merge(*task, reinterpret_cast<uintptr_t>(object));
}

void take_lock(const void* lock, bool shared, const void* pc, const void* frame) {
  if (Task* task = current_task) {
    task->held.take(reinterpret_cast<uintptr_t>(lock), shared,
                    context_of(call_site(*task, current_context(), pc, frame)));
  }
}

void leave_lock(const void* lock) {
  if (Task* task = current_task) task->held.leave(reinterpret_cast<uintptr_t>(lock));
}

// Of a lock that is held alone and belongs to the thread.
void take_thread_lock(const void* lock, const void* pc, const void* frame) {
  acquire_lock(lock);
  take_lock(lock, false, pc, frame);
  __baton_thread_lock(1);
}

// After the C library's function has returned `result`. A robust mutex whose owner has died is locked all the same.
int locked(pthread_mutex_t* mutex, int result, const void* pc, const void* frame) {
  if (result != 0 && result != EOWNERDEAD) return result;
  acquire_lock(mutex);
  take_lock(mutex, false, pc, frame);
  if (baton_belongs_to_thread(mutex) != 0) __baton_thread_lock(1);
  return result;
}

// The clock of those who unlocked after reading.
const void* readers_of(const pthread_rwlock_t* lock) { return reinterpret_cast<const char*>(lock) + 1; }

// pthread_once passes nothing to its routine.
struct Once {
  pthread_once_t* control;
  void (*routine)();
};
constinit thread_local Once running_once = {};

void run_once() {
  Once once = running_once;
  once.routine();
  release_object(once.control);
}

}  // namespace
}  // namespace baton::detector

using namespace baton::detector;

#define BATON_HERE __builtin_return_address(0), __builtin_frame_address(0)

extern "C" {

// Weak: a runtime has its own.
__attribute__((weak)) void __baton_thread_lock(int) {}

// ---- Mutexes and spin locks ---------------------------------------------------------------------------------------

int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  return locked(mutex, BATON_REAL(pthread_mutex_lock, mutex), BATON_HERE);
}

int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  return locked(mutex, BATON_REAL(pthread_mutex_trylock, mutex), BATON_HERE);
}

int pthread_mutex_timedlock(pthread_mutex_t* mutex, const timespec* until) noexcept {
  return locked(mutex, BATON_REAL(pthread_mutex_timedlock, mutex, until), BATON_HERE);
}

int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock, const timespec* until) noexcept {
  return locked(mutex, BATON_REAL(pthread_mutex_clocklock, mutex, clock, until), BATON_HERE);
}

int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  release_lock(mutex);
  leave_lock(mutex);
  const bool belongs = baton_belongs_to_thread(mutex) != 0;  // before: it may be gone afterwards
  const int result = BATON_REAL(pthread_mutex_unlock, mutex);
  if (belongs && result == 0) __baton_thread_lock(-1);
  return result;
}

int pthread_spin_lock(pthread_spinlock_t* lock) noexcept {
  int result = BATON_REAL(pthread_spin_lock, lock);
  if (result == 0) {
    acquire_lock(lock);
    take_lock(const_cast<const int*>(lock), false, BATON_HERE);
  }
  return result;
}

int pthread_spin_trylock(pthread_spinlock_t* lock) noexcept {
  int result = BATON_REAL(pthread_spin_trylock, lock);
  if (result == 0) {
    acquire_lock(lock);
    take_lock(const_cast<const int*>(lock), false, BATON_HERE);
  }
  return result;
}

int pthread_spin_unlock(pthread_spinlock_t* lock) noexcept {
  release_lock(lock);
  leave_lock(const_cast<const int*>(lock));
  return BATON_REAL(pthread_spin_unlock, lock);
}

// ---- Streams ------------------------------------------------------------------------------------------------------

// The names by which the C library's streams call these themselves.
void _IO_flockfile(FILE* stream) noexcept;
int _IO_ftrylockfile(FILE* stream) noexcept;
void _IO_funlockfile(FILE* stream) noexcept;

void flockfile(FILE* stream) noexcept {
  _IO_flockfile(stream);
  take_thread_lock(stream, BATON_HERE);
}

int ftrylockfile(FILE* stream) noexcept {
  const int result = _IO_ftrylockfile(stream);
  if (result == 0) take_thread_lock(stream, BATON_HERE);
  return result;
}

void funlockfile(FILE* stream) noexcept {
  release_lock(stream);
  leave_lock(stream);
  _IO_funlockfile(stream);
  __baton_thread_lock(-1);
}

// ---- Reader-writer locks ------------------------------------------------------------------------------------------

#define BATON_READ_LOCK(name, parameters, ...)  \
  int name parameters noexcept {                \
    int result = BATON_REAL(name, __VA_ARGS__); \
    if (result == 0) {                          \
      acquire_object(lock);                     \
      take_lock(lock, true, BATON_HERE);        \
    }                                           \
    return result;                              \
  }
#define BATON_WRITE_LOCK(name, parameters, ...) \
  int name parameters noexcept {                \
    int result = BATON_REAL(name, __VA_ARGS__); \
    if (result == 0) {                          \
      take_thread_lock(lock, BATON_HERE);       \
      acquire_object(readers_of(lock));         \
    }                                           \
    return result;                              \
  }

BATON_READ_LOCK(pthread_rwlock_rdlock, (pthread_rwlock_t * lock), lock)
BATON_READ_LOCK(pthread_rwlock_tryrdlock, (pthread_rwlock_t * lock), lock)
BATON_READ_LOCK(pthread_rwlock_timedrdlock, (pthread_rwlock_t * lock, const timespec* until), lock, until)
BATON_READ_LOCK(pthread_rwlock_clockrdlock, (pthread_rwlock_t * lock, clockid_t clock, const timespec* until), lock,
                clock, until)
BATON_WRITE_LOCK(pthread_rwlock_wrlock, (pthread_rwlock_t * lock), lock)
BATON_WRITE_LOCK(pthread_rwlock_trywrlock, (pthread_rwlock_t * lock), lock)
BATON_WRITE_LOCK(pthread_rwlock_timedwrlock, (pthread_rwlock_t * lock, const timespec* until), lock, until)
BATON_WRITE_LOCK(pthread_rwlock_clockwrlock, (pthread_rwlock_t * lock, clockid_t clock, const timespec* until), lock,
                 clock, until)

int pthread_rwlock_unlock(pthread_rwlock_t* lock) noexcept {
  leave_lock(lock);
  // A writer holds the lock alone, so if there is one it is the caller.
  const bool wrote = lock->__data.__cur_writer != 0;
  if (wrote) {
    release_lock(lock);
  } else {
    merge_object(readers_of(lock));
  }
  const int result = BATON_REAL(pthread_rwlock_unlock, lock);
  if (wrote && result == 0) __baton_thread_lock(-1);
  return result;
}

// ---- Conditions ---------------------------------------------------------------------------------------------------

int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
  release_lock(mutex);
  int result = BATON_REAL_VERSION("GLIBC_2.3.2", pthread_cond_wait, condition, mutex);
  acquire_lock(mutex);
  return result;
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until) {
  release_lock(mutex);
  int result = BATON_REAL_VERSION("GLIBC_2.3.2", pthread_cond_timedwait, condition, mutex, until);
  acquire_lock(mutex);
  return result;
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock, const timespec* until) {
  release_lock(mutex);
  int result = BATON_REAL(pthread_cond_clockwait, condition, mutex, clock, until);
  acquire_lock(mutex);
  return result;
}

// ---- Once, semaphores, barriers -----------------------------------------------------------------------------------

// Weak: a runtime may have its own, with the same edges.
__attribute__((weak)) int pthread_once(pthread_once_t* control, void (*routine)()) {
  Once outer = running_once;  // the routine of an outer once may call us
  running_once = {control, routine};
  int result = BATON_REAL(pthread_once, control, run_once);
  running_once = outer;
  acquire_object(control);
  return result;
}

int sem_post(sem_t* semaphore) noexcept {
  merge_object(semaphore);
  return BATON_REAL(sem_post, semaphore);
}

int sem_wait(sem_t* semaphore) {
  int result = BATON_REAL(sem_wait, semaphore);
  if (result == 0) acquire_object(semaphore);
  return result;
}

int sem_trywait(sem_t* semaphore) noexcept {
  int result = BATON_REAL(sem_trywait, semaphore);
  if (result == 0) acquire_object(semaphore);
  return result;
}

int sem_timedwait(sem_t* semaphore, const timespec* until) {
  int result = BATON_REAL(sem_timedwait, semaphore, until);
  if (result == 0) acquire_object(semaphore);
  return result;
}

int sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* until) {
  int result = BATON_REAL(sem_clockwait, semaphore, clock, until);
  if (result == 0) acquire_object(semaphore);
  return result;
}

int pthread_barrier_wait(pthread_barrier_t* barrier) noexcept {
  merge_object(barrier);
  int result = BATON_REAL(pthread_barrier_wait, barrier);
  acquire_object(barrier);
  return result;
}

}  // extern "C"
