// SPDX-License-Identifier: Apache-2.0
//
// A lock counts once for each time that it was taken. Waiting for a condition gives a mutex up and takes it again, in
// the same thread, which changes nothing. Mutexes of other kinds (std::mutex) cost one test.
#include "runtime/src/thread_locks.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>

#include "detector/include/baton/thread_lock.h"
#include "runtime/src/core.h"

namespace baton::rt {

void use_thread_locks() noexcept {}

}  // namespace baton::rt

using namespace baton::rt;

void __baton_thread_lock(int change) {
  M* m = current_m();
  if (m == nullptr || m->current == nullptr) return;
  if (change > 0) {
    lock_thread(m);
  } else {
    unlock_thread(m->current);
  }
}

// The detector and ThreadSanitizer have their own definitions, which tell them what is ordered.
#if !BATON_RACE && !BATON_TSAN

namespace {

template <class F>
F* find(const char* name) noexcept {
  auto* found = reinterpret_cast<F*>(dlsym(RTLD_NEXT, name));
  if (found == nullptr) throw_("a function of the C library is missing");
  return found;
}

}  // namespace

// real_NAME: the C library's function that the definition below hides, the next one of that name, or in a static
// program the other name that it has there (static_link_flags() asks for it). Found by the first call. Relaxed: who
// races finds the same.
#define BATON_REAL(name)                                               \
  extern "C" __attribute__((weak)) decltype(name) ___##name;           \
  namespace {                                                          \
  template <class... Args>                                             \
  int first_##name(Args... args) noexcept;                             \
  constinit std::atomic<decltype(&(name))> real_##name{&first_##name}; \
  template <class... Args>                                             \
  int first_##name(Args... args) noexcept {                            \
    decltype(&(name)) function = &___##name;                           \
    if (function == nullptr) function = find<decltype(name)>(#name);   \
    real_##name.store(function, std::memory_order_relaxed);            \
    return function(args...);                                          \
  }                                                                    \
  }
#define BATON_CALL_REAL(name, ...) real_##name.load(std::memory_order_relaxed)(__VA_ARGS__)

BATON_REAL(pthread_mutex_lock)
BATON_REAL(pthread_mutex_trylock)
BATON_REAL(pthread_mutex_timedlock)
BATON_REAL(pthread_mutex_clocklock)
BATON_REAL(pthread_mutex_unlock)
BATON_REAL(pthread_rwlock_wrlock)
BATON_REAL(pthread_rwlock_trywrlock)
BATON_REAL(pthread_rwlock_timedwrlock)
BATON_REAL(pthread_rwlock_clockwrlock)
BATON_REAL(pthread_rwlock_unlock)

namespace {

// A robust mutex whose owner has died is locked all the same.
int taken(int result) noexcept {
  if (result == 0 || result == EOWNERDEAD) __baton_thread_lock(1);
  return result;
}

int given_up(int result) noexcept {
  if (result == 0) __baton_thread_lock(-1);
  return result;
}

}  // namespace

extern "C" {

// The first lines of these two are all that a std::mutex costs.
int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  if (baton_belongs_to_thread(mutex) == 0) return BATON_CALL_REAL(pthread_mutex_lock, mutex);
  return taken(BATON_CALL_REAL(pthread_mutex_lock, mutex));
}

int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  if (baton_belongs_to_thread(mutex) == 0) return BATON_CALL_REAL(pthread_mutex_unlock, mutex);
  return given_up(BATON_CALL_REAL(pthread_mutex_unlock, mutex));
}

int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  const int result = BATON_CALL_REAL(pthread_mutex_trylock, mutex);
  return baton_belongs_to_thread(mutex) != 0 ? taken(result) : result;
}

int pthread_mutex_timedlock(pthread_mutex_t* mutex, const timespec* until) noexcept {
  const int result = BATON_CALL_REAL(pthread_mutex_timedlock, mutex, until);
  return baton_belongs_to_thread(mutex) != 0 ? taken(result) : result;
}

int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock, const timespec* until) noexcept {
  const int result = BATON_CALL_REAL(pthread_mutex_clocklock, mutex, clock, until);
  return baton_belongs_to_thread(mutex) != 0 ? taken(result) : result;
}

int pthread_rwlock_wrlock(pthread_rwlock_t* lock) noexcept {
  return taken(BATON_CALL_REAL(pthread_rwlock_wrlock, lock));
}

int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) noexcept {
  return taken(BATON_CALL_REAL(pthread_rwlock_trywrlock, lock));
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock, const timespec* until) noexcept {
  return taken(BATON_CALL_REAL(pthread_rwlock_timedwrlock, lock, until));
}

int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock, const timespec* until) noexcept {
  return taken(BATON_CALL_REAL(pthread_rwlock_clockwrlock, lock, clock, until));
}

int pthread_rwlock_unlock(pthread_rwlock_t* lock) noexcept {
  // A writer holds the lock alone, so if there is one it is the caller.
  if (lock->__data.__cur_writer == 0) return BATON_CALL_REAL(pthread_rwlock_unlock, lock);
  return given_up(BATON_CALL_REAL(pthread_rwlock_unlock, lock));
}

// The names by which the C library's streams call these themselves.
void _IO_flockfile(FILE* stream) noexcept;
int _IO_ftrylockfile(FILE* stream) noexcept;
void _IO_funlockfile(FILE* stream) noexcept;

void flockfile(FILE* stream) noexcept {
  _IO_flockfile(stream);
  __baton_thread_lock(1);
}

int ftrylockfile(FILE* stream) noexcept { return taken(_IO_ftrylockfile(stream)); }

void funlockfile(FILE* stream) noexcept {
  _IO_funlockfile(stream);
  __baton_thread_lock(-1);
}

}  // extern "C"

#endif
