; SPDX-License-Identifier: Apache-2.0
; An argument passed by value in memory is read by the call. In the callee it is a stack object of its own.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s
%big = type { [5 x i64] }

declare void @g(ptr byval(%big))

define void @caller(ptr %p) {
; CHECK-LABEL: define void @caller(
; CHECK: call void @__baton_read_range(ptr %p, i64 40, i64 %baton.context)
; CHECK-NEXT: call void @g(
  call void @g(ptr byval(%big) %p)
  ret void
}

define i64 @callee(ptr byval(%big) %p) {
; CHECK-LABEL: define i64 @callee(
; CHECK-NOT: @__baton_
; CHECK: ret i64
  %a = load i64, ptr %p
  ret i64 %a
}
