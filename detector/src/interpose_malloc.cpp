// SPDX-License-Identifier: Apache-2.0
//
// malloc and its family, replaced for the whole program: the dynamic linker binds shared libraries to these as well.

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "detector/src/heap.h"
#include "detector/src/interpose.h"

namespace baton::detector {

void use_interposed_malloc() {}

namespace {

constexpr size_t kPage = 4096;

bool is_power_of_two(size_t n) { return n != 0 && (n & (n - 1)) == 0; }

}  // namespace
}  // namespace baton::detector

using namespace baton::detector;

#define BATON_HERE __builtin_return_address(0), __builtin_frame_address(0)

extern "C" {

void* malloc(size_t size) { return allocate(size, kMinAlignment, false, BATON_HERE); }

void free(void* p) { release_block(p, BATON_HERE); }

void* calloc(size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return nullptr;
  }
  return allocate(bytes, kMinAlignment, true, BATON_HERE);
}

// Of a size of 0: as in the C library, a free.
void* realloc(void* p, size_t size) {
  if (p == nullptr) return allocate(size, kMinAlignment, false, BATON_HERE);
  if (size == 0) {
    release_block(p, BATON_HERE);
    return nullptr;
  }
  return reallocate(p, size, BATON_HERE);
}

void* reallocarray(void* p, size_t count, size_t size) {
  size_t bytes;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return nullptr;
  }
  if (p == nullptr) return allocate(bytes, kMinAlignment, false, BATON_HERE);
  if (bytes == 0) {
    release_block(p, BATON_HERE);
    return nullptr;
  }
  return reallocate(p, bytes, BATON_HERE);
}

void* memalign(size_t alignment, size_t size) {
  if (!is_power_of_two(alignment)) {
    errno = EINVAL;
    return nullptr;
  }
  return allocate(size, alignment, false, BATON_HERE);
}

void* aligned_alloc(size_t alignment, size_t size) {
  if (!is_power_of_two(alignment)) {
    errno = EINVAL;
    return nullptr;
  }
  return allocate(size, alignment, false, BATON_HERE);
}

int posix_memalign(void** result, size_t alignment, size_t size) {
  if (!is_power_of_two(alignment) || alignment < sizeof(void*)) return EINVAL;
  int saved = errno;
  void* p = allocate(size, alignment, false, BATON_HERE);
  errno = saved;
  if (p == nullptr) return ENOMEM;
  *result = p;
  return 0;
}

void* valloc(size_t size) { return allocate(size, kPage, false, BATON_HERE); }

void* pvalloc(size_t size) { return allocate((size + kPage - 1) / kPage * kPage, kPage, false, BATON_HERE); }

size_t malloc_usable_size(void* p) { return p == nullptr ? 0 : block_size(p); }

}  // extern "C"
