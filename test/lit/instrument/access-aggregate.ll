; SPDX-License-Identifier: Apache-2.0
; A structure or array in a register is the bytes of its fields: the holes between them are not accessed.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"

define void @packed(ptr %p) {
; CHECK-LABEL: define void @packed(
; CHECK: call void @__baton_read16(ptr %p, i64 %baton.context)
; CHECK-NEXT: load { ptr, i64 }
  %a = load { ptr, i64 }, ptr %p
  ret void
}

define void @holes(ptr %p) {
; CHECK-LABEL: define void @holes(
; CHECK: call void @__baton_write4(ptr %p, i64 %baton.context)
; CHECK-NEXT: [[B:%.*]] = getelementptr i8, ptr %p, i64 8
; CHECK-NEXT: call void @__baton_write8(ptr [[B]], i64 %baton.context)
; CHECK-NEXT: store { i32, i64 }
  store { i32, i64 } zeroinitializer, ptr %p
  ret void
}

define void @array(ptr %p) {
; CHECK-LABEL: define void @array(
; CHECK: call void @__baton_read_range(ptr %p, i64 12, i64 %baton.context)
; CHECK-NEXT: load [3 x { i16, i16 }]
  %a = load [3 x { i16, i16 }], ptr %p
  ret void
}
