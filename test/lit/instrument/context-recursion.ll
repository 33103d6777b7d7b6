; SPDX-License-Identifier: Apache-2.0
; Recursion: the low bits of the context count the calls within a cycle of functions. Four levels have contexts of their
; own; a deeper call finds the context that its caller was called with.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

declare void @g()

define void @itself(i1 %c) {
; CHECK-LABEL: define void @itself(
; CHECK: %baton.saved = load i64, ptr @__baton_ctx
; CHECK: [[H:%.*]] = and i64 %baton.hash, -256
; CHECK-NEXT: %baton.depth = and i64 %baton.saved, 255
; CHECK-NEXT: [[C:%.*]] = or i64 [[H]], %baton.depth
; CHECK-NEXT: store i64 [[C]], ptr @__baton_ctx
; CHECK: [[D:%.*]] = and i64 [[C]], 255
; CHECK-NEXT: [[DEEP:%.*]] = icmp uge i64 [[D]], 4
; CHECK-NEXT: [[MORE:%.*]] = add i64 [[C]], 1
; CHECK-NEXT: %baton.deeper = select i1 [[DEEP]], i64 %baton.saved, i64 [[MORE]]
; CHECK: store i64 %baton.deeper, ptr @__baton_ctx
; CHECK-NEXT: call void @itself(
; CHECK-NEXT: store i64 [[C]], ptr @__baton_ctx
; CHECK-NEXT: call void @g()
; CHECK-NEXT: store i64 %baton.saved, ptr @__baton_ctx
; CHECK-NEXT: ret void
  br i1 %c, label %again, label %done
again:
  call void @itself(i1 false)
  call void @g()
  ret void
done:
  ret void
}

define void @even(i1 %c) {
; CHECK-LABEL: define void @even(
; CHECK: store i64 %baton.deeper, ptr @__baton_ctx
; CHECK-NEXT: call void @odd(
  call void @odd(i1 %c)
  ret void
}

define void @odd(i1 %c) {
; CHECK-LABEL: define void @odd(
; CHECK: store i64 %baton.deeper, ptr @__baton_ctx
; CHECK-NEXT: call void @even(
  call void @even(i1 %c)
  ret void
}

; A call of a recursive function from outside its cycle is an ordinary one.
define void @outside() {
; CHECK-LABEL: define void @outside(
; CHECK-NOT: baton.depth
; CHECK-NOT: baton.deeper
; CHECK: ret void
  call void @even(i1 true)
  ret void
}
