// SPDX-License-Identifier: Apache-2.0
//
// Mutex without the detector, for locks inside other sync types: those make their own edges, and only theirs. The
// algorithm is that of Mutex (mutex.cpp).
#pragma once

#include <baton/sync.hpp>

#include "runtime/src/wait_reason.h"

namespace baton::internal {

// As mutex_lock, mutex_try_lock and mutex_unlock, but without any edge. `why` is what a dump shows for those who wait.
void mutex_lock_bare(MutexState* m, rt::WaitReason why) noexcept;
bool mutex_try_lock_bare(MutexState* m) noexcept;
void mutex_unlock_bare(MutexState* m) noexcept;

}  // namespace baton::internal
