// SPDX-License-Identifier: Apache-2.0
//
// What instrumented code calls. The pass (instrument/) writes calls to these names into user code, the detector
// (detector/src/abi.cpp) defines them; nothing else is shared between the two.
//
// Rules:
//  * C11, includes nothing but <stddef.h> and <stdint.h>. The one layout that crosses this boundary is that of the
//    filter, below.
//  * Every function may be called on any stack, by any OS thread, before main and after it. None of them throws,
//    blocks on another goroutine, or switches goroutines. None is async-signal-safe.
//  * Each instrumented module refers to __baton_abi_v1. A change of meaning renames that symbol, so that objects of
//    different versions fail to link instead of misbehaving.
//
// Calling contexts. `ctx` names the chain of calls that leads to the running function: a 64-bit hash which
// instrumented code keeps in the thread-local __baton_ctx (Bond and McKinley, "Probabilistic calling context",
// OOPSLA 2007):
//    at function entry   saved = __baton_ctx;  ctx = (saved + return address) * BATON_CTX_MULTIPLIER
//                        __baton_ctx = ctx        (only if the function calls anything)
//    at every return     __baton_ctx = saved      (only if it was stored)
//    at a landing pad, and after a call that may return twice (setjmp)     __baton_ctx = ctx
// so __baton_ctx is always the context of the running function, and a callee that is not instrumented is harmless.
//
// Recursion would make a context for every way down a tree. The low bits of a context therefore count the calls made
// within one cycle of functions (they are 0 in a function that is part of none): up to BATON_CTX_MAX_DEPTH each way has
// its own context, and deeper calls get the context that __baton_ctx held before their caller, so that all of them
// share the few contexts of that depth. The stack of such a context is the one that was seen first.
//
// The detector turns (ctx, return address of the call below) into a real stack the first time it sees the pair.
#ifndef BATON_RACE_ABI_H_
#define BATON_RACE_ABI_H_

#include <stddef.h>
#include <stdint.h>

#define BATON_CTX_MULTIPLIER 0x9e3779b97f4a7c15ull
#define BATON_CTX_DEPTH_MASK 0xffull
#define BATON_CTX_MAX_DEPTH 4

// The filter. Optimised code asks it, without a call, whether an access repeats one that this goroutine made in its
// current epoch. For an access of n bytes at address a, in 4-byte words:
//    line  = __baton_shadow + (a >> 2 & ~15)
//    words = the halfword at line + BATON_FILTER_READ (or _WRITE), loaded with acquire, first
//    hit   = the word at line is __baton_epoch, and `words` has no bit from (a >> 2 & 15) on that a's bytes lie in
// An access that crosses a line never hits. Until a second task comes into being, __baton_epoch is 0, and so is the
// shadow of all memory: each access within a line hits. On a miss
// __baton_cold_{read,write}N is called, or _n for another size: an access like __baton_readN's which preserves every
// register except r11, vector registers included. It takes the calling context from __baton_ctx; the form with `_leaf`
// is for functions that do not store theirs, and computes it from the frame that %rbp points to.
#define BATON_FILTER_READ 8
#define BATON_FILTER_WRITE 10
#define BATON_NO_EPOCH 0xffffffffffffffffull

#ifdef __cplusplus
extern "C" {
#endif

// Set once, before main.
extern char* __baton_shadow;
// The current epoch of the running task; BATON_NO_EPOCH, which no filter ever holds, if there is none. Initial-exec.
extern __thread uint64_t __baton_epoch;

#define BATON_DECLARE_COLD(name)           \
  void __baton_cold_##name(const void* p); \
  void __baton_cold_##name##_leaf(const void* p)
BATON_DECLARE_COLD(read1);
BATON_DECLARE_COLD(read2);
BATON_DECLARE_COLD(read4);
BATON_DECLARE_COLD(read8);
BATON_DECLARE_COLD(read16);
BATON_DECLARE_COLD(write1);
BATON_DECLARE_COLD(write2);
BATON_DECLARE_COLD(write4);
BATON_DECLARE_COLD(write8);
BATON_DECLARE_COLD(write16);
#undef BATON_DECLARE_COLD
void __baton_cold_read_n(const void* p, size_t n);
void __baton_cold_read_n_leaf(const void* p, size_t n);
void __baton_cold_write_n(const void* p, size_t n);
void __baton_cold_write_n_leaf(const void* p, size_t n);
// For the bytes p[i] with bit i of mask set.
void __baton_cold_read_mask(const void* p, uint64_t mask);
void __baton_cold_read_mask_leaf(const void* p, uint64_t mask);
void __baton_cold_write_mask(const void* p, uint64_t mask);
void __baton_cold_write_mask_leaf(const void* p, uint64_t mask);

// Version of this boundary; its value is 1.
extern const uint32_t __baton_abi_v1;

// Calling context of the running function; see above. Initial-exec thread-local storage.
extern __thread uint64_t __baton_ctx;

// A plain read or write of N bytes at p. Any alignment. The call stands before the access, or elsewhere in a stretch of
// code that surely makes it and in which nothing orders the goroutine with others.
void __baton_read1(const void* p, uint64_t ctx);
void __baton_read2(const void* p, uint64_t ctx);
void __baton_read4(const void* p, uint64_t ctx);
void __baton_read8(const void* p, uint64_t ctx);
void __baton_read16(const void* p, uint64_t ctx);
void __baton_write1(const void* p, uint64_t ctx);
void __baton_write2(const void* p, uint64_t ctx);
void __baton_write4(const void* p, uint64_t ctx);
void __baton_write8(const void* p, uint64_t ctx);
void __baton_write16(const void* p, uint64_t ctx);

// A plain access to exactly n contiguous bytes: wide vectors, odd sizes, aggregate copies, mem* intrinsics. n may be 0.
void __baton_read_range(const void* p, size_t n, uint64_t ctx);
void __baton_write_range(const void* p, size_t n, uint64_t ctx);

// Accesses that the compiler has put together. Exactly these bytes are accessed, and no other:
// count runs of n bytes, the first at p, each `stride` bytes after the one before. count may be 0; stride may be
// negative, and smaller than n.
void __baton_read_strided(const void* p, size_t n, ptrdiff_t stride, size_t count, uint64_t ctx);
void __baton_write_strided(const void* p, size_t n, ptrdiff_t stride, size_t count, uint64_t ctx);
// The byte p[i] for each bit i of mask.
void __baton_read_mask(const void* p, uint64_t mask, uint64_t ctx);
void __baton_write_mask(const void* p, uint64_t mask, uint64_t ctx);

// One lane of a masked load or store, of a gather or of a scatter: an access of n bytes if `active`, else nothing.
void __baton_read_if(const void* p, size_t n, int active, uint64_t ctx);
void __baton_write_if(const void* p, size_t n, int active, uint64_t ctx);

// Memory orders, numbered as in C11's memory_order (consume counts as acquire).
enum {
  BATON_RELAXED = 0,
  BATON_CONSUME = 1,
  BATON_ACQUIRE = 2,
  BATON_RELEASE = 3,
  BATON_ACQ_REL = 4,
  BATON_SEQ_CST = 5
};

// What an atomic instruction turned out to be. A compare-exchange that failed is a LOAD with its failure order.
enum { BATON_ATOMIC_LOAD = 0, BATON_ATOMIC_STORE = 1, BATON_ATOMIC_RMW = 2 };

// An atomic instruction on n bytes at p stands between these two calls, unchanged and alone. The value and the clock of
// the location change together: begin locks what the detector knows about the location, end records the access,
// performs its acquire and release, and unlocks. `token` is what begin returned.
void* __baton_atomic_begin(const void* p, size_t n, uint64_t ctx);
void __baton_atomic_end(void* token, const void* p, size_t n, int kind, int order, uint64_t ctx);

// A fence between threads (a fence of a single thread, atomic_signal_fence, is not reported).
void __baton_atomic_fence(int order, uint64_t ctx);

// Edges that the compiler's own code makes without an atomic instruction: __cxa_guard_release(g) is preceded by a
// release of g, a __cxa_guard_acquire(g) that returned is followed by an acquire of g.
void __baton_guard_release(const void* guard);
void __baton_guard_acquire(const void* guard);

#ifdef __cplusplus
}
#endif

#endif  // BATON_RACE_ABI_H_
