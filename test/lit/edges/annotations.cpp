// SPDX-License-Identifier: Apache-2.0
//
// race.hpp: edges, accesses and the count that a program makes or asks for itself. Without -race they do nothing.
//
// RUN: %baton_cxx %s -o %t.plain && %t.plain ordered && %t.plain unordered && %t.plain disabled && %t.plain accesses
// RUN: for level in 0 2; do %baton_cxx -race -O$level %s -o %t.$level || exit 1; \
// RUN:   env GOMAXPROCS=2 %t.$level ordered || exit 1; \
// RUN:   for name in unordered disabled accesses; do \
// RUN:     %exits 66 env GORACE=plain=1 %t.$level $name 2>&1 | FileCheck %s --check-prefix=RACE || exit 1; done; done
//
// RACE: WARNING: DATA RACE
// RACE: annotations.cpp
// RACE: Previous write
// RACE: annotations.cpp
// RACE: counted: 1
// RACE: Found 1 data race(s)
#include <atomic>
#include <baton/baton.hpp>
#include <cstring>
using namespace baton;

int value;
int place;
std::atomic<bool> is_written;
Mutex mutex;

// The goroutine's write and main's read, with `release` after the one and `acquire` before the other.
template <class Release, class Acquire>
void hand_over(Release release, Acquire acquire) {
  go([&] {
    value = 1;
    release();
    is_written.store(true, std::memory_order_relaxed);
  });
  while (!is_written.load(std::memory_order_relaxed)) gosched();
  acquire();
  if (value != 1) panic("not written");
}

int main(int, char** argv) {
  const char* name = argv[1];
  if (std::strcmp(name, "ordered") == 0) {
    hand_over([] { race::release(&place); }, [] { race::acquire(&place); });
  } else if (std::strcmp(name, "unordered") == 0) {
    hand_over([] { race::acquire(&place); }, [] { race::release(&place); });
  } else if (std::strcmp(name, "disabled") == 0) {
    auto lock = [] {
      race::disable();
      mutex.lock();
      mutex.unlock();
      race::enable();
    };
    hand_over(lock, lock);
  } else {
    hand_over([] { race::write(&place, sizeof place), race::release(&place); },
              [] { race::read(&place, sizeof place), race::acquire(&place); });
  }
  const bool expected = race::enabled && std::strcmp(name, "ordered") != 0;
  if (race::errors() != (expected ? 1 : 0)) panic("another number of races");
  if (expected) std::fprintf(stderr, "counted: %d\n", race::errors());
}
