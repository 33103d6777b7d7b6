// SPDX-License-Identifier: Apache-2.0
//
// GOTRACEBACK takes Go's words and numbers; anything else is as if it were not set.
// RUN: %baton_cxx -O1 %s -o %t
// RUN: for v in none 0; do env GOTRACEBACK=$v %exits 2 %t 2>&1 | FileCheck %s --check-prefix=NONE || exit 1; done
// RUN: for v in single other ""; do \
// RUN:   env GOTRACEBACK=$v %exits 2 %t 2>&1 | FileCheck %s --check-prefix=SINGLE || exit 1; done
// RUN: for v in all 1 system 2; do \
// RUN:   env GOTRACEBACK=$v %exits 2 %t 2>&1 | FileCheck %s --check-prefix=ALL || exit 1; done
// RUN: ulimit -c 0; env GOTRACEBACK=crash %exits 134 %t 2>&1 | FileCheck %s --check-prefix=ALL
#include <baton/baton.hpp>
using namespace baton;

int main() {
  go([] { select(); });
  panic("over");
}
// NONE: panic: over
// NONE-NOT: {{.}}
// SINGLE: panic: over
// SINGLE: goroutine 1 [running]:
// SINGLE-NOT: goroutine 2
// ALL: panic: over
// ALL: goroutine 1 [running]:
// ALL: goroutine 2 [
