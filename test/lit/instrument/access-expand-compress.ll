; SPDX-License-Identifier: Apache-2.0
; expandload and compressstore access as many consecutive elements as the mask has bits.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

declare <8 x i32> @llvm.masked.expandload.v8i32(ptr, <8 x i1>, <8 x i32>)
declare void @llvm.masked.compressstore.v8i16(<8 x i16>, ptr, <8 x i1>)

define void @f(ptr %p, <8 x i1> %m) {
; CHECK-LABEL: define void @f(
; CHECK: [[BITS:%.*]] = bitcast <8 x i1> %m to i8
; CHECK: [[N:%.*]] = call i8 @llvm.ctpop.i8(i8 [[BITS]])
; CHECK: [[N64:%.*]] = zext i8 [[N]] to i64
; CHECK: [[SIZE:%.*]] = mul i64 [[N64]], 4
; CHECK: call void @__baton_read_range(ptr %p, i64 [[SIZE]], i64 %baton.context)
; CHECK: call <8 x i32> @llvm.masked.expandload
; CHECK: [[SIZE2:%.*]] = mul i64 {{.*}}, 2
; CHECK: call void @__baton_write_range(ptr %p, i64 [[SIZE2]], i64 %baton.context)
; CHECK: call void @llvm.masked.compressstore
  %a = call <8 x i32> @llvm.masked.expandload.v8i32(ptr %p, <8 x i1> %m, <8 x i32> undef)
  call void @llvm.masked.compressstore.v8i16(<8 x i16> zeroinitializer, ptr %p, <8 x i1> %m)
  ret void
}
