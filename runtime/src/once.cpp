// SPDX-License-Identifier: Apache-2.0
//
// Once (<baton/sync.hpp>), after Go's once.go: a flag that is looked at first, and a mutex that keeps those who come
// during the first call waiting until its end.
//
// For the detector: the address of `done` is the clock; the first call releases it, every call acquires it.
#include <baton/sync.hpp>

#include "runtime/src/mutex.h"
#include "runtime/src/race.h"

namespace baton::internal {

bool once_begin(OnceState* once) noexcept {
  rt::race::object_atomic(&once->done, sizeof once->done, true, __builtin_return_address(0));
  if (once->done.load(std::memory_order_acquire) == 0) {  // pairs with once_end
    mutex_lock_bare(&once->mutex, rt::WaitReason::kOnceWait);
    if (once->done.load(std::memory_order_relaxed) == 0) return true;
    mutex_unlock_bare(&once->mutex);
  }
  rt::race::acquire(&once->done);
  return false;
}

void once_end(OnceState* once) noexcept {
  rt::race::object_atomic(&once->done, sizeof once->done, true, __builtin_return_address(0));
  rt::race::release(&once->done);
  once->done.store(1, std::memory_order_release);  // pairs with once_begin
  mutex_unlock_bare(&once->mutex);
}

}  // namespace baton::internal
