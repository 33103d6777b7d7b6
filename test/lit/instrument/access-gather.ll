; SPDX-License-Identifier: Apache-2.0
; Gather and scatter: each lane has an address of its own.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

declare <2 x double> @llvm.masked.gather.v2f64.v2p0(<2 x ptr>, i32, <2 x i1>, <2 x double>)
declare void @llvm.masked.scatter.v2i16.v2p0(<2 x i16>, <2 x ptr>, i32, <2 x i1>)

define void @variable(<2 x ptr> %p, <2 x i1> %m) {
; CHECK-LABEL: define void @variable(
; CHECK: [[P0:%.*]] = extractelement <2 x ptr> %p, i64 0
; CHECK: call void @__baton_read_if(ptr [[P0]], i64 8, i32
; CHECK: [[P1:%.*]] = extractelement <2 x ptr> %p, i64 1
; CHECK: call void @__baton_read_if(ptr [[P1]], i64 8, i32
; CHECK: call <2 x double> @llvm.masked.gather
; CHECK-COUNT-2: call void @__baton_write_if({{.*}}, i64 2, i32
; CHECK: call void @llvm.masked.scatter
  %a = call <2 x double> @llvm.masked.gather.v2f64.v2p0(<2 x ptr> %p, i32 8, <2 x i1> %m, <2 x double> undef)
  call void @llvm.masked.scatter.v2i16.v2p0(<2 x i16> zeroinitializer, <2 x ptr> %p, i32 2, <2 x i1> %m)
  ret void
}

define void @full(<2 x ptr> %p) {
; CHECK-LABEL: define void @full(
; CHECK: [[P0:%.*]] = extractelement <2 x ptr> %p, i64 0
; CHECK: call void @__baton_read8(ptr [[P0]], i64 %baton.context)
; CHECK: [[P1:%.*]] = extractelement <2 x ptr> %p, i64 1
; CHECK: call void @__baton_read8(ptr [[P1]], i64 %baton.context)
  %a = call <2 x double> @llvm.masked.gather.v2f64.v2p0(<2 x ptr> %p, i32 8, <2 x i1> <i1 1, i1 1>, <2 x double> undef)
  ret void
}
