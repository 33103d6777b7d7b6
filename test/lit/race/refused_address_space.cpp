// SPDX-License-Identifier: Apache-2.0
//
// Where the address space is limited, the detector says so in one line and does not start.
// RUN: %baton_cxx -race %s -o %t && %t && (ulimit -v 8000000; %exits 2 %t 2>&1) | FileCheck %s
int main() {}
// CHECK: baton: race detector: cannot reserve address space for {{.*}}: Cannot allocate memory.
// CHECK-SAME: It reserves addresses, not memory: `ulimit -v` must be unlimited, and vm.overcommit_memory not 2
// CHECK-NOT: {{.}}
