; SPDX-License-Identifier: Apache-2.0
; -baton-race puts the instrumentation into the pipeline of every level, once; without it there is none.
; RUN: %opt -load-pass-plugin=%pass_so -baton-race -passes='default<O0>' -S %s | FileCheck %s
; RUN: %opt -load-pass-plugin=%pass_so -baton-race -passes='default<O1>' -S %s | FileCheck %s
; RUN: %opt -load-pass-plugin=%pass_so -baton-race -passes='default<O2>' -S %s | FileCheck %s
; RUN: %opt -load-pass-plugin=%pass_so -baton-race -passes='default<O3>' -S %s | FileCheck %s
; RUN: %opt -load-pass-plugin=%pass_so -baton-race -passes='default<Os>' -S %s | FileCheck %s
; RUN: %opt -load-pass-plugin=%pass_so -baton-race -passes='thinlto-pre-link<O2>,thinlto<O2>' -S %s | FileCheck %s
; RUN: %opt -load-pass-plugin=%pass_so -baton-race -passes='lto-pre-link<O2>,lto<O2>' -S %s | FileCheck %s
; RUN: %opt -load-pass-plugin=%pass_so -passes='default<O2>' -S %s | FileCheck --check-prefix=OFF %s
; OFF-NOT: __baton_

define void @f(ptr %p) {
; CHECK: call void @__baton_write4(
; CHECK-NOT: call void @__baton_write4(
; CHECK: ret void
  store i32 1, ptr %p
  ret void
}
