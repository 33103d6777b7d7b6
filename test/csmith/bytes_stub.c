// SPDX-License-Identifier: Apache-2.0
//
// A detector that only notes which bytes of the program's static data were accessed, and which were written, and prints
// both sets as a hash at exit. Two builds of one program that differ in which checks were dropped or merged must print
// the same: a program without synchronisation is one stretch, in which checks may stand for each other, but not one
// byte may be lost or gained.
#include <stdio.h>
#include <stdlib.h>

#include "race_abi.h"

const uint32_t __baton_abi_v1 = 1;
__thread uint64_t __baton_ctx __attribute__((tls_model("initial-exec")));

extern char __data_start, _end;
static unsigned char* touched;  // for each byte from __data_start on: 1 accessed, 3 written

static void note(const void* p, size_t n, int is_write) {
  size_t size = (size_t)(&_end - &__data_start);
  if (!touched) touched = calloc(size, 1);
  for (size_t i = 0; i < n; i++) {
    size_t at = (size_t)((const char*)p + i - &__data_start);
    if (at < size) touched[at] |= is_write ? 3 : 1;
  }
}

__attribute__((destructor)) static void report(void) {
  uint64_t hash = 0xcbf29ce484222325ull;
  size_t bytes = 0;
  for (size_t i = 0; touched && i < (size_t)(&_end - &__data_start); i++) {
    bytes += touched[i] != 0;
    hash = (hash ^ touched[i] ^ i << 2) * (touched[i] ? 0x100000001b3ull : 1);
  }
  printf("bytes %zu hash %016lx\n", bytes, (unsigned long)hash);
}

#define BATON_PAIR(name, parameters, bytes, size)                           \
  void __baton_read##name parameters { note(bytes, size, ((void)ctx, 0)); } \
  void __baton_write##name parameters { note(bytes, size, ((void)ctx, 1)); }

BATON_PAIR(1, (const void* p, uint64_t ctx), p, 1)
BATON_PAIR(2, (const void* p, uint64_t ctx), p, 2)
BATON_PAIR(4, (const void* p, uint64_t ctx), p, 4)
BATON_PAIR(8, (const void* p, uint64_t ctx), p, 8)
BATON_PAIR(16, (const void* p, uint64_t ctx), p, 16)
BATON_PAIR(_range, (const void* p, size_t n, uint64_t ctx), p, n)
BATON_PAIR(_if, (const void* p, size_t n, int active, uint64_t ctx), p, active ? n : 0)

#define BATON_RUNS(name, is_write)                                                                       \
  void __baton_##name##_strided(const void* p, size_t n, ptrdiff_t stride, size_t count, uint64_t ctx) { \
    (void)ctx;                                                                                           \
    for (size_t i = 0; i < count; i++) note((const char*)p + (ptrdiff_t)i * stride, n, is_write);        \
  }                                                                                                      \
  void __baton_##name##_mask(const void* p, uint64_t mask, uint64_t ctx) {                               \
    (void)ctx;                                                                                           \
    for (int i = 0; i < 64; i++) note((const char*)p + i, mask >> i & 1, is_write);                      \
  }
BATON_RUNS(read, 0)
BATON_RUNS(write, 1)

// Nobody asks for the processor.
__thread char __baton_poll;
void __baton_preempt(void) {}

void* __baton_atomic_begin(const void* p, size_t n, uint64_t ctx) {
  (void)n;
  (void)ctx;
  return (void*)p;
}

void __baton_atomic_end(void* token, const void* p, size_t n, int kind, int order, uint64_t ctx) {
  (void)token, (void)p, (void)n, (void)kind, (void)order, (void)ctx;
}
void __baton_atomic_fence(int order, uint64_t ctx) { (void)order, (void)ctx; }
void __baton_guard_release(const void* guard) { (void)guard; }
void __baton_guard_acquire(const void* guard) { (void)guard; }
