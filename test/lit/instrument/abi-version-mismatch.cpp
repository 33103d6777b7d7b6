// SPDX-License-Identifier: Apache-2.0
//
// An instrumented object does not link without its version of the detector, also if unused sections are dropped.
// DEFINE: %{plugin} = -Xclang -load -Xclang %pass_so -fpass-plugin=%pass_so -mllvm -baton-race-inline=0
// DEFINE: %{stub} = %clangxx -O2 -c -I%root/detector/include/baton -x c %S/Inputs/abi_stub.c
// RUN: %clangxx %{plugin} -mllvm -baton-race -O2 -ffunction-sections -fdata-sections -c %s -o %t.o
// RUN: %{stub} -o %t.stub.o
// RUN: %{stub} -D__baton_abi_v1=__baton_abi_v0 -o %t.old.o
// RUN: %clangxx -Wl,--gc-sections %t.o %t.stub.o -o %t && %t
// RUN: not %clangxx -Wl,--gc-sections %t.o %t.old.o -o %t 2>&1 | FileCheck %s
// RUN: not %clangxx -fuse-ld=lld -Wl,--gc-sections %t.o %t.old.o -o %t 2>&1 | FileCheck %s
// CHECK: {{undefined.*__baton_abi_v1}}
int value;
int main() { return value; }
