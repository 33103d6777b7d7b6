// SPDX-License-Identifier: Apache-2.0
#include "runtime/src/slab.h"

#include <stdint.h>
#include <sys/mman.h>

#include "runtime/src/lock.h"
#include "runtime/src/sanitize.h"
#include "runtime/src/sched.h"

namespace baton::rt {
namespace {

constexpr size_t kPieceSize = size_t{1} << 20;
constexpr size_t kAlignment = 64;
constexpr size_t kPage = 4096;

struct Bump {
  RuntimeLock lock;
  char* next BATON_GUARDED_BY(lock) = nullptr;
  char* end BATON_GUARDED_BY(lock) = nullptr;
};
constinit Bump bump;

}  // namespace

void* pages_alloc(size_t n) noexcept {
  n = (n + kPage - 1) & ~(kPage - 1);
  void* p = mmap(nullptr, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (p == MAP_FAILED) fatal("runtime: cannot allocate memory");
  sanitize::add_root(p, n);
  return p;
}

void pages_free(void* p, size_t n) noexcept {
  n = (n + kPage - 1) & ~(kPage - 1);
  sanitize::remove_root(p, n);
  munmap(p, n);
}

void* slab_alloc(size_t n) noexcept {
  n = (n + kAlignment - 1) & ~(kAlignment - 1);
  if (n > kPieceSize / 8) return pages_alloc(n);
  RuntimeLockGuard guard(bump.lock);
  if (static_cast<size_t>(bump.end - bump.next) < n) {
    bump.next = static_cast<char*>(pages_alloc(kPieceSize));
    bump.end = bump.next + kPieceSize;
  }
  void* p = bump.next;
  bump.next += n;
  return p;
}

}  // namespace baton::rt
