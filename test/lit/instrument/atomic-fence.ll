; SPDX-License-Identifier: Apache-2.0
; A fence is reported after it has executed; one that orders a thread only with itself is not.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

define void @f() {
; CHECK-LABEL: define void @f(
; CHECK: fence acquire
; CHECK-NEXT: call void @__baton_atomic_fence(i32 2, i64 %baton.context)
; CHECK-NEXT: fence seq_cst
; CHECK-NEXT: call void @__baton_atomic_fence(i32 5, i64 %baton.context)
; CHECK-NEXT: fence syncscope("singlethread") seq_cst
; CHECK-NEXT: ret void
  fence acquire
  fence seq_cst
  fence syncscope("singlethread") seq_cst
  ret void
}
