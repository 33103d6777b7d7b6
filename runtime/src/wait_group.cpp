// SPDX-License-Identifier: Apache-2.0
//
// WaitGroup (<baton/sync.hpp>), after Go's waitgroup.go.
//
// `state` holds counter << 32 | waiters, so that one atomic instruction changes the counter and learns who waits. The
// done that brings the counter to zero with waiters about owns the object: nobody may change it until all are released.
//
// For the detector: the clock is at the address of `state`, which every operation accesses atomically; `sema` stands
// for "the first add happens before the wait": the first add reads it, the first wait writes it.
#include <baton/sync.hpp>

#include "runtime/src/race.h"
#include "runtime/src/sched.h"
#include "runtime/src/sema.h"

namespace baton::internal {
namespace {

constexpr uint64_t kOne = uint64_t{1} << 32;

int32_t counter_of(uint64_t state) noexcept { return static_cast<int32_t>(state >> 32); }
uint32_t waiters_of(uint64_t state) noexcept { return static_cast<uint32_t>(state); }

}  // namespace

void wait_group_add(WaitGroupState* wg, int delta) {
  const void* caller = __builtin_return_address(0);
  if (delta < 0) {
    rt::race::object_release_merge(&wg->state, sizeof wg->state, caller);  // before the decrement lets a wait return
  } else {
    rt::race::object_atomic(&wg->state, sizeof wg->state, true, caller);
  }
  const uint64_t change = static_cast<uint64_t>(static_cast<int64_t>(delta)) * kOne;
  const uint64_t state = wg->state.fetch_add(change) + change;
  const int32_t counter = counter_of(state);
  const uint32_t waiters = waiters_of(state);
  if (delta > 0 && counter == delta) rt::race::object_read(&wg->sema, sizeof wg->sema, caller);
  if (counter < 0) rt::panic_text("sync: negative WaitGroup counter");
  if (waiters != 0 && delta > 0 && counter == delta) {
    rt::panic_text("sync: WaitGroup misuse: Add called concurrently with Wait");
  }
  if (counter > 0 || waiters == 0) return;
  // Zero with waiters: nobody may add now (that would be concurrent with the wait), and a wait that begins now sees
  // zero.
  if (wg->state.load() != state) rt::panic_text("sync: WaitGroup misuse: Add called concurrently with Wait");
  wg->state.store(0);
  for (uint32_t i = 0; i < waiters; i++) rt::sema_release(&wg->sema, false);
}

void wait_group_wait(WaitGroupState* wg) {
  const void* caller = __builtin_return_address(0);
  uint64_t state = wg->state.load();
  for (;;) {
    if (counter_of(state) == 0) {
      rt::race::object_acquire(&wg->state, sizeof wg->state, caller);
      return;
    }
    if (!wg->state.compare_exchange_weak(state, state + 1)) continue;
    if (waiters_of(state) == 0) rt::race::object_write(&wg->sema, sizeof wg->sema, caller);
    // Before it waits: nobody else has touched the object's memory then, as a rule, and it is the same epoch.
    rt::race::object_atomic(&wg->state, sizeof wg->state, true, caller);
    rt::sema_acquire(&wg->sema, false, rt::WaitReason::kWaitGroupWait);
    if (wg->state.load() != 0) rt::panic_text("sync: WaitGroup is reused before previous Wait has returned");
    break;
  }
  rt::race::acquire(&wg->state);
}

}  // namespace baton::internal
