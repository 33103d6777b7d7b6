// SPDX-License-Identifier: Apache-2.0
#include <baton/counted.hpp>

#include "runtime/src/race.h"
#include "runtime/src/types.h"

namespace baton::internal {

void counted_retain(Counted* object) noexcept { object->references.fetch_add(1, std::memory_order_relaxed); }

void counted_drop(Counted* object, void (*destroy)(Counted*)) noexcept {
  // Each drop happens before the last one, for the processor; for the program it gives no edge.
  if (object->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  // The destructors of globals run while other goroutines may still be running.
  if (rt::sched.stopping.load(std::memory_order_relaxed)) return;
  rt::race::IgnoreScope ignore;
  destroy(object);
}

}  // namespace baton::internal
