; SPDX-License-Identifier: Apache-2.0
; The AVX instructions behind _mm256_maskload_ps and its like: the sign bits of the mask count.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

declare <8 x float> @llvm.x86.avx.maskload.ps.256(ptr, <8 x i32>)
declare void @llvm.x86.avx2.maskstore.q(ptr, <2 x i64>, <2 x i64>)

define void @f(ptr %p, <8 x i32> %m, <2 x i64> %n, <2 x i64> %v) {
; CHECK-LABEL: define void @f(
; CHECK: [[M:%.*]] = icmp slt <8 x i32> %m, zeroinitializer
; CHECK: extractelement <8 x i1> [[M]], i64 0
; CHECK-COUNT-8: call void @__baton_read_if({{.*}}, i64 4, i32
; CHECK-NOT: @__baton_read
; CHECK: call <8 x float> @llvm.x86.avx.maskload
; CHECK-COUNT-2: call void @__baton_write_if({{.*}}, i64 8, i32
; CHECK-NOT: @__baton_write
; CHECK: call void @llvm.x86.avx2.maskstore
  %a = call <8 x float> @llvm.x86.avx.maskload.ps.256(ptr %p, <8 x i32> %m)
  call void @llvm.x86.avx2.maskstore.q(ptr %p, <2 x i64> %n, <2 x i64> %v)
  ret void
}
