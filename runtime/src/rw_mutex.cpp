// SPDX-License-Identifier: Apache-2.0
//
// RWMutex (<baton/sync.hpp>), after Go's rwmutex.go.
//
// `readers` counts the readers, those that wait among them; a writer takes kMaxReaders off it, so that it is negative
// while a writer holds the mutex or waits for it, and readers that come then wait in `reader_sema`. The writer moves
// the number of readers inside to `leaving` and waits in `writer_sema` for the last of them. `writer` keeps other
// writers out.
//
// For the detector: the address of `writer_sema` is the clock of the writers, that of `reader_sema` the clock of the
// readers; each operation also accesses the object atomically.
#include <baton/sync.hpp>

#include "runtime/src/mutex.h"
#include "runtime/src/race.h"
#include "runtime/src/sched.h"
#include "runtime/src/sema.h"

namespace baton::internal {
namespace {

constexpr int32_t kMaxReaders = 1 << 30;

const void* writers(const RWMutexState* rw) noexcept { return &rw->writer_sema; }
const void* readers(const RWMutexState* rw) noexcept { return &rw->reader_sema; }

void access(RWMutexState* rw, const void* caller) noexcept {
  rt::race::object_atomic(&rw->readers, sizeof rw->readers, true, caller);
}

}  // namespace

void rw_mutex_rlock(RWMutexState* rw) noexcept {
  access(rw, __builtin_return_address(0));
  if (rw->readers.fetch_add(1) + 1 < 0) rt::sema_acquire(&rw->reader_sema, false, rt::WaitReason::kRWMutexRLock);
  rt::race::acquire(writers(rw));
  rt::race::lock_taken(rw, true, __builtin_return_address(0));
}

bool rw_mutex_try_rlock(RWMutexState* rw) noexcept {
  access(rw, __builtin_return_address(0));
  int32_t count = rw->readers.load();
  do {
    if (count < 0) return false;
  } while (!rw->readers.compare_exchange_weak(count, count + 1));
  rt::race::acquire(writers(rw));
  rt::race::lock_taken(rw, true, __builtin_return_address(0));
  return true;
}

void rw_mutex_runlock(RWMutexState* rw) noexcept {
  access(rw, __builtin_return_address(0));
  rt::race::lock_left(rw);
  rt::race::release_merge(readers(rw));  // before the decrement that may let a writer in
  const int32_t count = rw->readers.fetch_sub(1) - 1;
  if (count >= 0) return;
  if (count + 1 == 0 || count + 1 == -kMaxReaders) rt::fatal("sync: RUnlock of unlocked RWMutex");
  // A writer waits, for the last reader.
  if (rw->leaving.fetch_sub(1) - 1 == 0) rt::sema_release(&rw->writer_sema, false);
}

void rw_mutex_lock(RWMutexState* rw) noexcept {
  access(rw, __builtin_return_address(0));
  mutex_lock_bare(&rw->writer, rt::WaitReason::kRWMutexLock);
  const int32_t inside = rw->readers.fetch_sub(kMaxReaders);
  if (inside != 0 && rw->leaving.fetch_add(inside) + inside != 0) {
    rt::sema_acquire(&rw->writer_sema, false, rt::WaitReason::kRWMutexLock);
  }
  rt::race::acquire(writers(rw));
  rt::race::acquire(readers(rw));
  rt::race::lock_taken(rw, false, __builtin_return_address(0));
}

bool rw_mutex_try_lock(RWMutexState* rw) noexcept {
  access(rw, __builtin_return_address(0));
  if (!mutex_try_lock_bare(&rw->writer)) return false;
  int32_t none = 0;
  if (!rw->readers.compare_exchange_strong(none, -kMaxReaders)) {
    mutex_unlock_bare(&rw->writer);
    return false;
  }
  rt::race::acquire(writers(rw));
  rt::race::acquire(readers(rw));
  rt::race::lock_taken(rw, false, __builtin_return_address(0));
  return true;
}

void rw_mutex_unlock(RWMutexState* rw) noexcept {
  access(rw, __builtin_return_address(0));
  rt::race::lock_left(rw);
  rt::race::release(writers(rw));  // before readers come in; readers do not order each other
  const int32_t waiting = rw->readers.fetch_add(kMaxReaders) + kMaxReaders;
  if (waiting >= kMaxReaders) rt::fatal("sync: Unlock of unlocked RWMutex");
  for (int32_t i = 0; i < waiting; i++) rt::sema_release(&rw->reader_sema, false);
  mutex_unlock_bare(&rw->writer);
}

}  // namespace baton::internal
