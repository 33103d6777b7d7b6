; SPDX-License-Identifier: Apache-2.0
; A stack object whose address no one else can have is left alone, one that is captured anywhere in the function is not.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

declare void @escape(ptr)
declare void @uses(ptr nocapture)

define i32 @private(i32 %v, i64 %i) {
; CHECK-LABEL: define i32 @private(
; CHECK-NOT: @__baton_
; CHECK: ret i32
  %a = alloca [4 x i32]
  %p = getelementptr [4 x i32], ptr %a, i64 0, i64 %i
  store i32 %v, ptr %p
  %old = atomicrmw add ptr %a, i32 1 seq_cst
  %b = load i32, ptr %a
  ret i32 %b
}

define i32 @merged(i1 %c, i1 %d) {
; CHECK-LABEL: define i32 @merged(
; CHECK-NOT: @__baton_
; CHECK: ret i32
entry:
  %a = alloca i32
  %b = alloca i32
  br i1 %c, label %left, label %right
left:
  br label %right
right:
  %p = phi ptr [ %a, %entry ], [ %b, %left ]
  %q = select i1 %d, ptr %p, ptr %a
  store i32 1, ptr %q
  %r = load i32, ptr %p
  ret i32 %r
}

define i32 @captured(i32 %v) {
; CHECK-LABEL: define i32 @captured(
; CHECK: call void @__baton_write4(ptr %a,
; CHECK: call void @escape
; CHECK: call void @__baton_read4(ptr %a,
  %a = alloca i32
  store i32 %v, ptr %a
  call void @escape(ptr %a)
  %b = load i32, ptr %a
  ret i32 %b
}

define i32 @lent(i32 %v) {
; CHECK-LABEL: define i32 @lent(
; CHECK-NOT: @__baton_{{read|write}}
; CHECK: ret i32
  %a = alloca i32
  store i32 %v, ptr %a
  call void @uses(ptr %a)
  %b = load i32, ptr %a
  ret i32 %b
}

define void @stored(ptr %where) {
; CHECK-LABEL: define void @stored(
; CHECK: call void @__baton_write8(ptr %where,
; CHECK: call void @__baton_write4(ptr %a,
  %a = alloca i32
  store ptr %a, ptr %where
  store i32 1, ptr %a
  ret void
}

; Private or anything: checked.
define void @maybe(ptr %p, i1 %c) {
; CHECK-LABEL: define void @maybe(
; CHECK: call void @__baton_write4(ptr %q,
  %a = alloca i32
  %q = select i1 %c, ptr %a, ptr %p
  store i32 1, ptr %q
  ret void
}
