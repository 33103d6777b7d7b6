; SPDX-License-Identifier: Apache-2.0
; A masked access is checked lane by lane, each if its bit is set; lanes known when compiling are decided then.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

declare <4 x i32> @llvm.masked.load.v4i32.p0(ptr, i32, <4 x i1>, <4 x i32>)
declare void @llvm.masked.store.v2i64.p0(<2 x i64>, ptr, i32, <2 x i1>)

define void @variable(ptr %p, <4 x i1> %m) {
; CHECK-LABEL: define void @variable(
; CHECK: [[M0:%.*]] = extractelement <4 x i1> %m, i64 0
; CHECK: [[A0:%.*]] = zext i1 [[M0]] to i32
; CHECK: call void @__baton_read_if(ptr %p, i64 4, i32 [[A0]], i64 %baton.context)
; CHECK: [[P1:%.*]] = getelementptr i8, ptr %p, i64 4
; CHECK: call void @__baton_read_if(ptr [[P1]], i64 4,
; CHECK: [[P2:%.*]] = getelementptr i8, ptr %p, i64 8
; CHECK: call void @__baton_read_if(ptr [[P2]], i64 4,
; CHECK: [[P3:%.*]] = getelementptr i8, ptr %p, i64 12
; CHECK: call void @__baton_read_if(ptr [[P3]], i64 4,
; CHECK-NOT: @__baton_read
; CHECK: call <4 x i32> @llvm.masked.load
  %a = call <4 x i32> @llvm.masked.load.v4i32.p0(ptr %p, i32 4, <4 x i1> %m, <4 x i32> undef)
  ret void
}

define void @store(ptr %p, <2 x i64> %v, <2 x i1> %m) {
; CHECK-LABEL: define void @store(
; CHECK-COUNT-2: call void @__baton_write_if({{.*}}, i64 8, i32
; CHECK-NOT: @__baton_write
; CHECK: call void @llvm.masked.store
  call void @llvm.masked.store.v2i64.p0(<2 x i64> %v, ptr %p, i32 8, <2 x i1> %m)
  ret void
}

define void @constant(ptr %p) {
; CHECK-LABEL: define void @constant(
; CHECK-NOT: @__baton_read
; CHECK: call void @__baton_read4(ptr %p, i64 %baton.context)
; CHECK: [[P2:%.*]] = getelementptr i8, ptr %p, i64 8
; CHECK: call void @__baton_read4(ptr [[P2]], i64 %baton.context)
; CHECK-NOT: @__baton_read
; CHECK: call <4 x i32> @llvm.masked.load
  %a = call <4 x i32> @llvm.masked.load.v4i32.p0(ptr %p, i32 4, <4 x i1> <i1 1, i1 0, i1 1, i1 0>, <4 x i32> undef)
  ret void
}

define void @full(ptr %p) {
; CHECK-LABEL: define void @full(
; CHECK: call void @__baton_read16(ptr %p, i64 %baton.context)
; CHECK-NEXT: call <4 x i32> @llvm.masked.load
  %a = call <4 x i32> @llvm.masked.load.v4i32.p0(ptr %p, i32 4, <4 x i1> <i1 1, i1 1, i1 1, i1 1>, <4 x i32> undef)
  ret void
}
