; SPDX-License-Identifier: Apache-2.0
; Accesses marked nosanitize, other address spaces and swifterror slots are left alone.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

define void @f(ptr %p, ptr addrspace(257) %fs) {
; CHECK-LABEL: define void @f(
; CHECK-NOT: @__baton_write
; CHECK: store i32 1
; CHECK-NOT: @__baton_write
; CHECK: store i32 2
; CHECK: call void @__baton_write4(ptr %p,
; CHECK-NEXT: store i32 3
  store i32 1, ptr %p, !nosanitize !0
  store i32 2, ptr addrspace(257) %fs
  store i32 3, ptr %p
  ret void
}

define void @swift(ptr swifterror %e) {
; CHECK-LABEL: define void @swift(
; CHECK-NOT: @__baton_
; CHECK: ret void
  store ptr null, ptr %e
  ret void
}

!0 = !{}
