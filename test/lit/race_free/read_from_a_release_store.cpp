// SPDX-License-Identifier: Apache-2.0
//
// An atomic read that acquires happens after the store that it reads from, and so after the plain writes before it,
// those to the same memory too. Nothing else orders the two goroutines.
//
// RUN: for level in 0 2; do %baton_cxx -race -O$level %s -o %t || exit 1; \
// RUN:   for procs in 1 2 8; do env GOMAXPROCS=$procs %t || exit 1; done; done
#include <atomic>
#include <baton/baton.hpp>
using namespace baton;

long value;
long exchanged;
std::atomic<bool> is_stored;

int main() {
  WaitGroup wg;
  wg.add(2);
  go([&] {
    value = 41;
    atomic_store(&value, 42L);
    exchanged = 41;
    atomic_store(&exchanged, 42L);
    is_stored.store(true, std::memory_order_relaxed);
    wg.done();
  });
  go([&] {
    while (!is_stored.load(std::memory_order_relaxed)) gosched();
    if (atomic_load(&value) != 42) panic("another value");
    if (atomic_swap(&exchanged, 43L) != 42) panic("another value");
    exchanged++;
    wg.done();
  });
  wg.wait();
}
