// SPDX-License-Identifier: Apache-2.0
//
// Pool (<baton/pool.hpp>): what a processor puts it gets back first, while it is still in its cache; then others'.
//
// For the detector: the clock of an object is at the address of its node.
#include <baton/pool.hpp>

#include "runtime/src/core.h"
#include "runtime/src/lock.h"
#include "runtime/src/race.h"

namespace baton::internal {
namespace {

constexpr size_t kLists = std::tuple_size_v<decltype(PoolState::lists)>;

// By list and pool: a lock in the public header would have to be public too.
struct alignas(64) PaddedLock {
  rt::RuntimeLock lock;
};
constinit PaddedLock locks[kLists * 8];

rt::RuntimeLock& lock_of(const PoolState* pool, size_t list) noexcept {
  return locks[list * 8 + (reinterpret_cast<uintptr_t>(pool) >> 6) % 8].lock;
}

size_t own_list() noexcept {
  const rt::M* m = rt::current_m();
  return m != nullptr && m->p != nullptr ? static_cast<size_t>(m->p->id) % kLists : 0;
}

}  // namespace

void pool_put(PoolState* pool, PoolNode* node) noexcept {
  rt::race::release(node);
  const size_t list = own_list();
  rt::RuntimeLockGuard guard(lock_of(pool, list));
  node->next = pool->lists[list].load(std::memory_order_relaxed);
  pool->lists[list].store(node, std::memory_order_relaxed);
}

PoolNode* pool_take(PoolState* pool) noexcept {
  const size_t own = own_list();
  for (size_t i = 0; i < kLists; i++) {
    const size_t list = (own + i) % kLists;
    // A hint: a missed object costs a new one.
    if (pool->lists[list].load(std::memory_order_relaxed) == nullptr) continue;
    PoolNode* node;
    {
      rt::RuntimeLockGuard guard(lock_of(pool, list));
      node = pool->lists[list].load(std::memory_order_relaxed);
      if (node == nullptr) continue;
      pool->lists[list].store(node->next, std::memory_order_relaxed);
    }
    rt::race::acquire(node);
    return node;
  }
  return nullptr;
}

}  // namespace baton::internal
