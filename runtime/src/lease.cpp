// SPDX-License-Identifier: Apache-2.0
#include "runtime/src/lease.h"

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace baton::rt {
namespace {

void barrier_on_all_threads() noexcept {
  if (sched.lease_fences || syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) != 0) {
    std::atomic_thread_fence(std::memory_order_seq_cst);
  }
}

}  // namespace

void init_leases() noexcept {
  sched.lease_fences = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) != 0;
}

bool revoke(M* m, P* p) noexcept {
  if (m->pin.load(std::memory_order_acquire) != Pin::kFree) return false;
  const uint32_t lost = m->lost.load(std::memory_order_relaxed);
  P* expected = p;
  if (!m->lease.compare_exchange_strong(expected, nullptr, std::memory_order_seq_cst)) return false;
  barrier_on_all_threads();
  Pin state;
  while ((state = m->pin.load(std::memory_order_acquire)) == Pin::kTaking) sched_yield();
  const bool taken = m->lost.load(std::memory_order_relaxed) != lost ||
                     (state == Pin::kFree && m->lease.load(std::memory_order_relaxed) == nullptr);
  if (taken) p->m.store(nullptr, std::memory_order_relaxed);
  return taken;
}

}  // namespace baton::rt
