; SPDX-License-Identifier: Apache-2.0
; A musttail call stays one: the caller's context is put back before it, and nothing stands between it and the return.
; Ordinary tail calls are given up, for the frame must be on the stack when a report is made.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

declare void @g(ptr)

define void @must(ptr %p) {
; CHECK-LABEL: define void @must(
; CHECK: store i64 %baton.context, ptr @__baton_ctx
; CHECK: call void @g(ptr null)
; CHECK: call void @__baton_write4(ptr %p,
; CHECK-NEXT: store i32 1, ptr %p
; CHECK-NEXT: store i64 %baton.saved, ptr @__baton_ctx
; CHECK-NEXT: musttail call void @g(ptr %p)
; CHECK-NEXT: ret void
  call void @g(ptr null)
  store i32 1, ptr %p
  musttail call void @g(ptr %p)
  ret void
}

; The callee takes this function's place: by itself it is no call.
define void @only_must(ptr %p) {
; CHECK-LABEL: define void @only_must(
; CHECK-NOT: store i64 %baton
; CHECK: musttail call void @g(ptr %p)
; CHECK-NEXT: ret void
  musttail call void @g(ptr %p)
  ret void
}

define void @plain(ptr %p) {
; CHECK-LABEL: define void @plain(
; CHECK-SAME: [[ATTRIBUTES:#[0-9]+]]
; CHECK: {{^ *}}call void @g(ptr %p)
; CHECK-NEXT: store i64 %baton.saved, ptr @__baton_ctx
  tail call void @g(ptr %p)
  ret void
}

; CHECK: attributes [[ATTRIBUTES]] = {{.*}} "disable-tail-calls"="true" "frame-pointer"="all"
