// SPDX-License-Identifier: Apache-2.0
//
// On the way of an access that misses the inline test no vector register is used: the caller's values are in them. The
// check finds a memset put there.
// RUN: %baton_cxx -race -O2 %s -o %t && python3 %root/test/cold_path.py %t | FileCheck %s
// CHECK: {{[0-9][0-9]}} functions
// RUN: sed 's/ROOTS = .*/ROOTS = ["uses_vectors"]/' %root/test/cold_path.py > %t.py && not python3 %t.py %t \
// RUN:   | FileCheck --check-prefix=FOUND %s
// FOUND: uses_vectors: {{.*}}%xmm
#include <cstring>

extern "C" [[gnu::noinline]] void uses_vectors(char* p) { std::memset(p, 1, 32); }

int main() {
  char bytes[32];
  uses_vectors(bytes);
  return bytes[3] - 1;
}
