; SPDX-License-Identifier: Apache-2.0
; After a call that may return twice the context is this function's, however control came back.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

declare i32 @_setjmp(ptr) returns_twice

define void @f(ptr %env) {
; CHECK-LABEL: define void @f(
; CHECK: call i32 @_setjmp(
; CHECK-NEXT: store i64 %baton.context, ptr @__baton_ctx
; CHECK-NEXT: store i64 %baton.saved, ptr @__baton_ctx
; CHECK-NEXT: ret void
  %r = call i32 @_setjmp(ptr %env) returns_twice
  ret void
}
