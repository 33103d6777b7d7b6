; SPDX-License-Identifier: Apache-2.0
; mem* intrinsics stay; a range check for what they read and what they write stands in front.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
declare void @llvm.memcpy.inline.p0.p0.i64(ptr, ptr, i64, i1)
declare void @llvm.memmove.p0.p0.i32(ptr, ptr, i32, i1)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
declare void @llvm.memcpy.element.unordered.atomic.p0.p0.i64(ptr, ptr, i64, i32)

define void @f(ptr %d, ptr %s, i64 %n, i32 %k) {
; CHECK-LABEL: define void @f(
; CHECK: call void @__baton_read_range(ptr %s, i64 %n, i64 %baton.context)
; CHECK-NEXT: call void @__baton_write_range(ptr %d, i64 %n, i64 %baton.context)
; CHECK-NEXT: call void @llvm.memcpy.p0
; CHECK-NEXT: call void @__baton_read_range(ptr %s, i64 24, i64 %baton.context)
; CHECK-NEXT: call void @__baton_write_range(ptr %d, i64 24, i64 %baton.context)
; CHECK-NEXT: call void @llvm.memcpy.inline
; CHECK: [[K:%.*]] = zext i32 %k to i64
; CHECK: call void @__baton_read_range(ptr %s, i64 [[K]], i64 %baton.context)
; CHECK: call void @__baton_write_range(ptr %d, i64 {{.*}}, i64 %baton.context)
; CHECK-NEXT: call void @llvm.memmove
; CHECK-NEXT: call void @__baton_write_range(ptr %d, i64 %n, i64 %baton.context)
; CHECK-NEXT: call void @llvm.memset
; CHECK-NEXT: call void @__baton_read16(ptr %s, i64 %baton.context)
; CHECK-NEXT: call void @__baton_write16(ptr %d, i64 %baton.context)
; CHECK-NEXT: call void @llvm.memcpy.element.unordered.atomic
; CHECK-NEXT: call void @llvm.memset{{.*}}i64 0
; CHECK-NEXT: ret void
  call void @llvm.memcpy.p0.p0.i64(ptr %d, ptr %s, i64 %n, i1 false)
  call void @llvm.memcpy.inline.p0.p0.i64(ptr %d, ptr %s, i64 24, i1 false)
  call void @llvm.memmove.p0.p0.i32(ptr %d, ptr %s, i32 %k, i1 false)
  call void @llvm.memset.p0.i64(ptr %d, i8 0, i64 %n, i1 true)
  call void @llvm.memcpy.element.unordered.atomic.p0.p0.i64(ptr align 8 %d, ptr align 8 %s, i64 16, i32 8)
  call void @llvm.memset.p0.i64(ptr %d, i8 0, i64 0, i1 false)
  ret void
}
