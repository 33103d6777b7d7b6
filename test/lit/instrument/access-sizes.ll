; SPDX-License-Identifier: Apache-2.0
; Each size that the detector has a function for gets that function, right before the access.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

define void @reads(ptr %p) {
; CHECK-LABEL: define void @reads(
; CHECK: [[CTX:%baton.context]] = and
; CHECK: call void @__baton_read1(ptr %p, i64 [[CTX]])
; CHECK-NEXT: load i8
; CHECK: call void @__baton_read2(ptr %p, i64 [[CTX]])
; CHECK-NEXT: load i16
; CHECK: call void @__baton_read4(ptr %p, i64 [[CTX]])
; CHECK-NEXT: load float
; CHECK: call void @__baton_read8(ptr %p, i64 [[CTX]])
; CHECK-NEXT: load ptr
; CHECK: call void @__baton_read16(ptr %p, i64 [[CTX]])
; CHECK-NEXT: load i128
; CHECK: call void @__baton_read16(ptr %p, i64 [[CTX]])
; CHECK-NEXT: load <4 x float>
; CHECK-NEXT: ret void
  %a = load i8, ptr %p
  %b = load i16, ptr %p
  %c = load float, ptr %p
  %d = load ptr, ptr %p
  %e = load i128, ptr %p
  %f = load <4 x float>, ptr %p
  ret void
}

define void @writes(ptr %p) {
; CHECK-LABEL: define void @writes(
; CHECK: call void @__baton_write1(ptr %p, i64 %baton.context)
; CHECK-NEXT: store i8
; CHECK: call void @__baton_write2(
; CHECK-NEXT: store i16
; CHECK: call void @__baton_write4(
; CHECK-NEXT: store i32
; CHECK: call void @__baton_write8(
; CHECK-NEXT: store double
; CHECK: call void @__baton_write16(
; CHECK-NEXT: store fp128
  store i8 0, ptr %p
  store i16 0, ptr %p
  store i32 0, ptr %p
  store double 0.0, ptr %p
  store fp128 0xL00000000000000000000000000000000, ptr %p
  ret void
}

; A bit takes its byte.
define i1 @bit(ptr %p) {
; CHECK-LABEL: define i1 @bit(
; CHECK: call void @__baton_read1(
  %a = load i1, ptr %p
  ret i1 %a
}
