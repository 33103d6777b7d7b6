// SPDX-License-Identifier: Apache-2.0
//
// Unlocking an RWMutex that is not locked that way ends the process; it cannot be caught.
//
// RUN: %baton_cxx %s -o %t
// RUN: %baton_cxx -race %s -o %t.race
// RUN: for p in %t %t.race; do \
// RUN:   %exits 2 $p write 2>&1 | FileCheck %s --check-prefix=WRITE || exit 1; \
// RUN:   %exits 2 $p read 2>&1 | FileCheck %s --check-prefix=READ || exit 1; done
// WRITE: fatal error: sync: Unlock of unlocked RWMutex
// READ: fatal error: sync: RUnlock of unlocked RWMutex
#include <baton/baton.hpp>
#include <cstring>
using namespace baton;

int main(int, char** argv) {
  RWMutex rw;
  try {
    if (std::strcmp(argv[1], "write") == 0) {
      rw.rlock();
      rw.runlock();
      rw.unlock();
    } else {
      rw.lock();
      rw.unlock();
      rw.runlock();
    }
  } catch (...) {
  }
}
