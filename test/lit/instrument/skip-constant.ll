; SPDX-License-Identifier: Apache-2.0
; Constant globals cannot be written; other globals are checked.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

@constant = constant [4 x i32] [i32 1, i32 2, i32 3, i32 4]
@variable = global [4 x i32] zeroinitializer

define i32 @constants(i64 %i, i1 %c) {
; CHECK-LABEL: define i32 @constants(
; CHECK-NOT: @__baton_
; CHECK: ret i32
  %p = getelementptr [4 x i32], ptr @constant, i64 0, i64 %i
  %a = load i32, ptr %p
  ret i32 %a
}

define i32 @variables(i64 %i) {
; CHECK-LABEL: define i32 @variables(
; CHECK: call void @__baton_read4(
  %p = getelementptr [4 x i32], ptr @variable, i64 0, i64 %i
  %a = load i32, ptr %p
  ret i32 %a
}

; One or the other: checked.
define i32 @either(i1 %c) {
; CHECK-LABEL: define i32 @either(
; CHECK: call void @__baton_read4(
  %p = select i1 %c, ptr @constant, ptr @variable
  %a = load i32, ptr %p
  ret i32 %a
}

; A copy from a constant writes all the same.
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
define void @copy(ptr %p) {
; CHECK-LABEL: define void @copy(
; CHECK-NOT: @__baton_read
; CHECK: call void @__baton_write16(ptr %p,
; CHECK: call void @llvm.memcpy
  call void @llvm.memcpy.p0.p0.i64(ptr %p, ptr @constant, i64 16, i1 false)
  ret void
}
