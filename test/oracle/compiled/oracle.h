// SPDX-License-Identifier: Apache-2.0
//
// What a generated program is written in. It is compiled several times: with baton-c++ -race, where the macros are the
// plain C++ that they look like, and with ORACLE_LOG, without the pass, where each also writes a line of the log: which
// bytes were touched, which edges of happens-before.md were made.
//
// The steps of all goroutines of a program run in one order, given by their numbers (turn_wait, turn_end), so that
// every build does the same at every GOMAXPROCS. The turn is kept by code that the detector does not see.
#pragma once

#include <atomic>
#include <baton/baton.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>

using namespace baton;

extern "C" {
// A program begins: its shared memory.
void oracle_program(int number, const void* memory, size_t size);
// A heap block of the program; the k-th block is named k in every build.
void oracle_block(const void* block, size_t size);
void turn_wait(int turn, int goroutine);
void turn_end();
// Values that the optimiser knows nothing about, and one that it must compute.
int oracle_opaque(int value);
void oracle_keep(long value);

void oracle_access(int line, int kind, const void* p, size_t size);
void oracle_go(int child);
void oracle_acquire(const void* object);
void oracle_release(const void* object);
void oracle_release_merge(const void* object);
void oracle_release_acquire(const void* object);
void oracle_atomic(int line, int kind, int order, const void* p, size_t size);
void oracle_fence(int order);
}

#define K(n) oracle_opaque(n)

#ifdef ORACLE_LOG

template <class T>
T* oracle_touch(int line, int kinds, T* p) {
  if (kinds & 1) oracle_access(line, 0, p, sizeof(T));
  if (kinds & 2) oracle_access(line, 1, p, sizeof(T));
  return p;
}
template <class T>
T oracle_load(int line, std::atomic<T>* p, std::memory_order order) {
  oracle_atomic(line, 0, static_cast<int>(order), p, sizeof *p);
  return p->load(order);
}
template <class T>
bool oracle_cas(int line, std::atomic<T>* p, T old, T value, std::memory_order order, std::memory_order failure) {
  const bool done = p->compare_exchange_strong(old, value, order, failure);
  oracle_atomic(line, done ? 2 : 0, static_cast<int>(done ? order : failure), p, sizeof *p);
  return done;
}
#define LOGGED(log, ...) (log, __VA_ARGS__)
#define R(x) (*oracle_touch(__LINE__, 1, &(x)))
#define W(x) (*oracle_touch(__LINE__, 2, &(x)))
#define U(x) (*oracle_touch(__LINE__, 3, &(x)))
#define LOAD(a, order) oracle_load(__LINE__, &(a), std::memory_order_##order)
#define CAS(a, old, value, order, failure) \
  oracle_cas(__LINE__, &(a), (old), (value), std::memory_order_##order, std::memory_order_##failure)

#else

#define LOGGED(log, ...) (__VA_ARGS__)
#define R(x) (x)
#define W(x) (x)
#define U(x) (x)
#define LOAD(a, order) (a).load(std::memory_order_##order)
template <class T>
inline __attribute__((always_inline)) bool oracle_cas(std::atomic<T>& a, T old, T value, std::memory_order order,
                                                      std::memory_order failure) {
  return a.compare_exchange_strong(old, value, order, failure);
}
#define CAS(a, old, value, order, failure) \
  oracle_cas((a), (old), (value), std::memory_order_##order, std::memory_order_##failure)

#endif

#define ORDER(order) static_cast<int>(std::memory_order_##order)
#define TOUCH(kind, p, n) oracle_access(__LINE__, (kind), (p), static_cast<size_t>(n))
#define COPY(to, from, n) \
  LOGGED((TOUCH(0, from, n), TOUCH(1, to, n)), std::memcpy((to), (from), static_cast<size_t>(n)))
#define MOVE(to, from, n) \
  LOGGED((TOUCH(0, from, n), TOUCH(1, to, n)), std::memmove((to), (from), static_cast<size_t>(n)))
#define FILL(to, c, n) LOGGED(TOUCH(1, to, n), std::memset((to), (c), static_cast<size_t>(n)))
#define ASSIGN(to, from) LOGGED((TOUCH(0, &(from), sizeof(from)), TOUCH(1, &(to), sizeof(to))), (to) = (from))

#define GO(child, f) LOGGED(oracle_go(child), go(f))
#define LOCK(m) ((m).lock(), LOGGED(oracle_acquire(&(m)), void()))
#define UNLOCK(m) LOGGED(oracle_release(&(m)), (m).unlock())
#define RLOCK(m) ((m).rlock(), LOGGED(oracle_acquire(&(m)), void()))
#define RUNLOCK(m) LOGGED(oracle_release_merge((const char*)&(m) + 1), (m).runlock())
#define WLOCK(m) ((m).lock(), LOGGED((oracle_acquire(&(m)), oracle_acquire((const char*)&(m) + 1)), void()))
#define WUNLOCK(m) LOGGED(oracle_release(&(m)), (m).unlock())
#define DONE(wg) LOGGED(oracle_release_merge(&(wg)), (wg).done())
#define WAIT(wg) ((wg).wait(), LOGGED(oracle_acquire(&(wg)), void()))
// Slot `k` of a buffered channel; whoever writes the program knows which one it is.
#define SEND(c, k) LOGGED(oracle_release_acquire((const char*)&(c) + (k)), (c).send(1))
#define RECV(c, k) LOGGED(oracle_release_acquire((const char*)&(c) + (k)), (void)(c).recv())
#define STORE(a, v, order) \
  LOGGED(oracle_atomic(__LINE__, 1, ORDER(order), &(a), sizeof(a)), (a).store((v), std::memory_order_##order))
#define ADD(a, v, order) \
  LOGGED(oracle_atomic(__LINE__, 2, ORDER(order), &(a), sizeof(a)), (a).fetch_add((v), std::memory_order_##order))
#define SWAP(a, v, order) \
  LOGGED(oracle_atomic(__LINE__, 2, ORDER(order), &(a), sizeof(a)), (a).exchange((v), std::memory_order_##order))
#define FENCE(order) LOGGED(oracle_fence(ORDER(order)), std::atomic_thread_fence(std::memory_order_##order))

typedef int V8 __attribute__((vector_size(32)));
typedef float V4 __attribute__((vector_size(16)));

struct S {
  char c[8];
  short h[2];
  int i;
  long l;
  double d;
  float f[4];
  unsigned char u, w;
  char filler[6];
  int j;
  int k;
};
