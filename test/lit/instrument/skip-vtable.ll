; SPDX-License-Identifier: Apache-2.0
; What a vtable contains is constant. The pointer to it is a field of the object and may be raced for.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

define void @virtual_call(ptr %object) {
; CHECK-LABEL: define void @virtual_call(
; CHECK: call void @__baton_read8(ptr %object,
; CHECK-NEXT: %vtable = load ptr
; CHECK-NOT: @__baton_read
; CHECK: call void %function
  %vtable = load ptr, ptr %object, !tbaa !0
  %slot = getelementptr ptr, ptr %vtable, i64 2
  %function = load ptr, ptr %slot
  call void %function(ptr %object)
  ret void
}

; The same through an ordinary pointer.
define void @plain(ptr %object) {
; CHECK-LABEL: define void @plain(
; CHECK: call void @__baton_read8(ptr %object,
; CHECK: call void @__baton_read8(ptr %slot,
; CHECK: call void %function
  %table = load ptr, ptr %object
  %slot = getelementptr ptr, ptr %table, i64 2
  %function = load ptr, ptr %slot
  call void %function(ptr %object)
  ret void
}

define i32 @invariant(ptr %p) {
; CHECK-LABEL: define i32 @invariant(
; CHECK-NOT: @__baton_
; CHECK: ret i32
  %a = load i32, ptr %p, !invariant.load !3
  ret i32 %a
}

!0 = !{!1, !1, i64 0}
!1 = !{!"vtable pointer", !2, i64 0}
!2 = !{!"Simple C++ TBAA"}
!3 = !{}
