// SPDX-License-Identifier: Apache-2.0
//
// blocking(f): what the monitor has to know of a system call. Entering and leaving write a counter of the thread; the
// processor is taken away by the monitor alone (lease.h), so a call that does not block costs two stores.
#include <baton/blocking.hpp>

#include "runtime/src/core.h"

namespace baton {
namespace rt {

void leave_blocking(M* m) noexcept {
  m->blocking.store((m->blocking.load(std::memory_order_relaxed) | 1) + 1, std::memory_order_relaxed);
}

}  // namespace rt

namespace internal {

void enter_blocking() noexcept {
  rt::M* m = rt::current_m();
  if (m == nullptr || m->current == nullptr || m->current->blocking++ != 0) return;
  m->blocking.store(m->blocking.load(std::memory_order_relaxed) | 1, std::memory_order_relaxed);
}

void exit_blocking() noexcept {
  rt::M* m = rt::current_m();
  if (m == nullptr || m->current == nullptr || --m->current->blocking != 0) return;
  // The goroutine may have waited within f, and be on another thread.
  rt::leave_blocking(m);
  if (m->lease.load(std::memory_order_relaxed) != nullptr) return;
  // The processor is gone: take an idle one, or queue up.
  rt::pin(m);
  const bool has_p = m->p != nullptr || rt::reacquire(m, false);
  rt::unpin(m);
  if (!has_p) rt::yield();
}

}  // namespace internal
}  // namespace baton
