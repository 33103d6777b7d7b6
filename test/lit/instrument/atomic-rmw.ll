; SPDX-License-Identifier: Apache-2.0
; Read-modify-write operations are kind 2, whatever they compute.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

define i32 @f(ptr %p) {
; CHECK-LABEL: define i32 @f(
; CHECK: [[T:%.*]] = call ptr @__baton_atomic_begin(ptr %p, i64 4, i64 %baton.context)
; CHECK-NEXT: %a = atomicrmw add ptr %p, i32 1 acq_rel
; CHECK-NEXT: call void @__baton_atomic_end(ptr [[T]], ptr %p, i64 4, i32 2, i32 4, i64 %baton.context)
; CHECK: atomicrmw volatile xchg
; CHECK-NEXT: call void @__baton_atomic_end({{.*}}, i64 8, i32 2, i32 5, i64 %baton.context)
; CHECK: atomicrmw fadd
; CHECK-NEXT: call void @__baton_atomic_end({{.*}}, i64 4, i32 2, i32 0, i64 %baton.context)
  %a = atomicrmw add ptr %p, i32 1 acq_rel
  %b = atomicrmw volatile xchg ptr %p, ptr null seq_cst
  %c = atomicrmw fadd ptr %p, float 1.0 monotonic
  ret i32 %a
}
