// SPDX-License-Identifier: Apache-2.0
//
// Locks of the C library that belong to the thread that took them, told to a runtime that moves its tasks between
// threads: a task that holds one has to stay where it is.
#ifndef BATON_THREAD_LOCK_H_
#define BATON_THREAD_LOCK_H_

#include <pthread.h>

#ifdef __cplusplus
extern "C" {
#endif

// The running task has taken (1) or given up (-1) a lock that belongs to its thread. Called by whoever defines the C
// library's functions in the program; the detector's definition does nothing, is weak, and a runtime has its own.
void __baton_thread_lock(int change);

// True if only the thread that locked `mutex` can unlock it, or it may lock it again: all kinds but the normal and the
// adaptive one. Robust and priority-inheriting mutexes are in lists of their threads.
static inline int baton_belongs_to_thread(const pthread_mutex_t* mutex) {
  const int kind = mutex->__data.__kind;
  const int robust_or_protected = kind & (16 | 32 | 64);
  return robust_or_protected != 0 || (kind & 3) == PTHREAD_MUTEX_RECURSIVE || (kind & 3) == PTHREAD_MUTEX_ERRORCHECK;
}

#ifdef __cplusplus
}
#endif

#endif  // BATON_THREAD_LOCK_H_
