// SPDX-License-Identifier: Apache-2.0
//
// RWMutex (<baton/sync.hpp>), after Go's rwmutex.go.
//
// `readers` counts the readers, those that wait among them; a writer takes kMaxReaders off it, so that it is negative
// while a writer holds the mutex or waits for it, and readers that come then wait in `reader_sema`. The writer moves
// the number of readers inside to `leaving` and waits in `writer_sema` for the last of them. `writer` keeps other
// writers out.
//
// For the detector: the two clocks, of the writers and of the readers, are those of `readers`, which each operation
// also accesses atomically.
#include <baton/sync.hpp>

#include "runtime/src/mutex.h"
#include "runtime/src/race.h"
#include "runtime/src/sched.h"
#include "runtime/src/sema.h"

namespace baton::internal {
namespace {

constexpr int32_t kMaxReaders = 1 << 30;

using rt::race::LockKind;

void taken(RWMutexState* rw, LockKind kind, const void* caller) noexcept {
  rt::race::lock_taken(rw, &rw->readers, sizeof rw->readers, kind, caller);
}

void left(RWMutexState* rw, LockKind kind, const void* caller) noexcept {
  rt::race::lock_left(rw, &rw->readers, sizeof rw->readers, kind, caller);
}

// The access that an operation which failed makes all the same.
bool failed(RWMutexState* rw, const void* caller) noexcept {
  rt::race::object_atomic(&rw->readers, sizeof rw->readers, true, caller);
  return false;
}

}  // namespace

void rw_mutex_rlock(RWMutexState* rw) noexcept {
  if (rw->readers.fetch_add(1) + 1 < 0) rt::sema_acquire(&rw->reader_sema, false, rt::WaitReason::kRWMutexRLock);
  taken(rw, LockKind::kReadLock, __builtin_return_address(0));
}

bool rw_mutex_try_rlock(RWMutexState* rw) noexcept {
  int32_t count = rw->readers.load();
  do {
    if (count < 0) return failed(rw, __builtin_return_address(0));
  } while (!rw->readers.compare_exchange_weak(count, count + 1));
  taken(rw, LockKind::kReadLock, __builtin_return_address(0));
  return true;
}

void rw_mutex_runlock(RWMutexState* rw) noexcept {
  left(rw, LockKind::kReadLock, __builtin_return_address(0));  // before the decrement that may let a writer in
  const int32_t count = rw->readers.fetch_sub(1) - 1;
  if (count >= 0) return;
  if (count + 1 == 0 || count + 1 == -kMaxReaders) rt::fatal("sync: RUnlock of unlocked RWMutex");
  // A writer waits, for the last reader.
  if (rw->leaving.fetch_sub(1) - 1 == 0) rt::sema_release(&rw->writer_sema, false);
}

void rw_mutex_lock(RWMutexState* rw) noexcept {
  mutex_lock_bare(&rw->writer, rt::WaitReason::kRWMutexLock);
  const int32_t inside = rw->readers.fetch_sub(kMaxReaders);
  if (inside != 0 && rw->leaving.fetch_add(inside) + inside != 0) {
    rt::sema_acquire(&rw->writer_sema, false, rt::WaitReason::kRWMutexLock);
  }
  taken(rw, LockKind::kWriteLock, __builtin_return_address(0));
}

bool rw_mutex_try_lock(RWMutexState* rw) noexcept {
  if (!mutex_try_lock_bare(&rw->writer)) return failed(rw, __builtin_return_address(0));
  int32_t none = 0;
  if (!rw->readers.compare_exchange_strong(none, -kMaxReaders)) {
    mutex_unlock_bare(&rw->writer);
    return failed(rw, __builtin_return_address(0));
  }
  taken(rw, LockKind::kWriteLock, __builtin_return_address(0));
  return true;
}

void rw_mutex_unlock(RWMutexState* rw) noexcept {
  left(rw, LockKind::kWriteLock, __builtin_return_address(0));  // before readers come in
  const int32_t waiting = rw->readers.fetch_add(kMaxReaders) + kMaxReaders;
  if (waiting >= kMaxReaders) rt::fatal("sync: Unlock of unlocked RWMutex");
  for (int32_t i = 0; i < waiting; i++) rt::sema_release(&rw->reader_sema, false);
  mutex_unlock_bare(&rw->writer);
}

}  // namespace baton::internal
