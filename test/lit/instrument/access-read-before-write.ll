; SPDX-License-Identifier: Apache-2.0
; A read that is followed by a write of the same place is checked too: it must be reported as a read.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

define void @increment(ptr %p) {
; CHECK-LABEL: define void @increment(
; CHECK: call void @__baton_read4(ptr %p,
; CHECK-NEXT: load i32
; CHECK: call void @__baton_write4(ptr %p,
; CHECK-NEXT: store i32
  %a = load i32, ptr %p
  %b = add i32 %a, 1
  store i32 %b, ptr %p
  ret void
}
