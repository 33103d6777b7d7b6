// SPDX-License-Identifier: Apache-2.0
//
// A detector that detects nothing: what the tests of instrumented programs link against. It checks what it is told as
// far as it can without knowing the program (every byte is accessible, atomics are closed) and, if BATON_STUB is set,
// prints its counts at exit.
#include <stdio.h>
#include <stdlib.h>

#include "race_abi.h"

const uint32_t __baton_abi_v1 = 1;
__thread uint64_t __baton_ctx __attribute__((tls_model("initial-exec")));

static unsigned long reads, writes, atomics, fences, guards;
static __thread unsigned open_atomics;

static void access_bytes(const void* p, size_t n, unsigned long* counter) {
  if (n == 0) return;
  __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
  const volatile char* bytes = p;
  (void)bytes[0];
  (void)bytes[n - 1];
}

#define BATON_STUB_SIZE(n)                             \
  void __baton_read##n(const void* p, uint64_t ctx) {  \
    (void)ctx;                                         \
    access_bytes(p, n, &reads);                        \
  }                                                    \
  void __baton_write##n(const void* p, uint64_t ctx) { \
    (void)ctx;                                         \
    access_bytes(p, n, &writes);                       \
  }
BATON_STUB_SIZE(1)
BATON_STUB_SIZE(2)
BATON_STUB_SIZE(4)
BATON_STUB_SIZE(8)
BATON_STUB_SIZE(16)

void __baton_read_range(const void* p, size_t n, uint64_t ctx) {
  (void)ctx;
  access_bytes(p, n, &reads);
}

void __baton_write_range(const void* p, size_t n, uint64_t ctx) {
  (void)ctx;
  access_bytes(p, n, &writes);
}

void __baton_read_strided(const void* p, size_t n, ptrdiff_t stride, size_t count, uint64_t ctx) {
  for (size_t i = 0; i < count; i++) __baton_read_range((const char*)p + (ptrdiff_t)i * stride, n, ctx);
}

void __baton_write_strided(const void* p, size_t n, ptrdiff_t stride, size_t count, uint64_t ctx) {
  for (size_t i = 0; i < count; i++) __baton_write_range((const char*)p + (ptrdiff_t)i * stride, n, ctx);
}

void __baton_read_mask(const void* p, uint64_t mask, uint64_t ctx) {
  for (int i = 0; i < 64; i++) __baton_read_range((const char*)p + i, mask >> i & 1, ctx);
}

void __baton_write_mask(const void* p, uint64_t mask, uint64_t ctx) {
  for (int i = 0; i < 64; i++) __baton_write_range((const char*)p + i, mask >> i & 1, ctx);
}

void __baton_read_if(const void* p, size_t n, int active, uint64_t ctx) {
  if (active) __baton_read_range(p, n, ctx);
}

void __baton_write_if(const void* p, size_t n, int active, uint64_t ctx) {
  if (active) __baton_write_range(p, n, ctx);
}

void* __baton_atomic_begin(const void* p, size_t n, uint64_t ctx) {
  (void)ctx;
  if (n == 0 || open_atomics++ != 0) abort();
  return (char*)p + 1;
}

void __baton_atomic_end(void* token, const void* p, size_t n, int kind, int order, uint64_t ctx) {
  (void)ctx;
  if (--open_atomics != 0 || token != (const char*)p + 1 || n == 0) abort();
  if (kind < BATON_ATOMIC_LOAD || kind > BATON_ATOMIC_RMW || order < BATON_RELAXED || order > BATON_SEQ_CST) abort();
  __atomic_fetch_add(&atomics, 1, __ATOMIC_RELAXED);
}

void __baton_atomic_fence(int order, uint64_t ctx) {
  (void)order;
  (void)ctx;
  __atomic_fetch_add(&fences, 1, __ATOMIC_RELAXED);
}

void __baton_guard_release(const void* guard) { access_bytes(guard, 1, &guards); }

void __baton_guard_acquire(const void* guard) { access_bytes(guard, 1, &guards); }

__attribute__((destructor)) static void report(void) {
  if (!getenv("BATON_STUB")) return;
  fprintf(stderr, "reads %lu writes %lu atomics %lu fences %lu guards %lu\n", reads, writes, atomics, fences, guards);
}
