; SPDX-License-Identifier: Apache-2.0
; volatile does not synchronise: such an access is plain.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

define void @f(ptr %p) {
; CHECK-LABEL: define void @f(
; CHECK: call void @__baton_read4(ptr %p,
; CHECK-NEXT: load volatile i32
; CHECK: call void @__baton_write4(ptr %p,
; CHECK-NEXT: store volatile i32
  %a = load volatile i32, ptr %p
  store volatile i32 %a, ptr %p
  ret void
}
