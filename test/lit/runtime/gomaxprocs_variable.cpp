// SPDX-License-Identifier: Apache-2.0
//
// The environment variable GOMAXPROCS: a whole number from 1 to 1024. Anything else is named, and the default is used.
// RUN: %baton_cxx %s -o %t
// RUN: GOMAXPROCS=3 %t 2>&1 | FileCheck %s --check-prefix=THREE
// RUN: GOMAXPROCS= %t 2>&1 | FileCheck %s --check-prefix=DEFAULT
// RUN: env -u GOMAXPROCS %t 2>&1 | FileCheck %s --check-prefix=DEFAULT
// RUN: for v in abc 0 -3 2x 1025 99999999999999999999 +1 ' 1'; do \
// RUN:   GOMAXPROCS="$v" %t 2>&1 | FileCheck %s -DVALUE="$v" || exit 1; done
#include <baton/baton.hpp>
#include <cstdio>
using namespace baton;

int main() {
  const int n = gomaxprocs(0);
  std::printf("%d %s\n", n, n >= 1 && n <= num_cpu() ? "fits" : "does not fit");
}
// CHECK: baton: GOMAXPROCS=[[VALUE]] is not accepted: it must be a whole number from 1 to 1024; using [[USED:[0-9]+]]
// CHECK-NEXT: [[USED]] fits
// THREE-NOT: baton
// THREE: 3
// DEFAULT-NOT: baton
// DEFAULT: {{[0-9]+}} fits
