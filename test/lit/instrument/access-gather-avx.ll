; SPDX-License-Identifier: Apache-2.0
; The AVX instructions behind _mm256_i32gather_ps and its like. A gather by 64-bit indices has fewer lanes than its mask.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

declare <8 x float> @llvm.x86.avx2.gather.d.ps.256(<8 x float>, ptr, <8 x i32>, <8 x float>, i8)
declare <4 x float> @llvm.x86.avx2.gather.q.ps(<4 x float>, ptr, <2 x i64>, <4 x float>, i8)
declare void @llvm.x86.avx512.mask.scatter.dps.512(ptr, <16 x i1>, <16 x i32>, <16 x float>, i32)

define void @f(ptr %p, <8 x i32> %i, <2 x i64> %q, <16 x i32> %w, <8 x float> %m, <4 x float> %n, <16 x i1> %k) {
; CHECK-LABEL: define void @f(
; CHECK: [[I:%.*]] = sext <8 x i32> %i to <8 x i64>
; CHECK: [[O:%.*]] = mul <8 x i64> [[I]], <i64 4, i64 4, i64 4, i64 4, i64 4, i64 4, i64 4, i64 4>
; CHECK: [[A:%.*]] = getelementptr i8, ptr %p, <8 x i64> [[O]]
; CHECK: [[B:%.*]] = bitcast <8 x float> %m to <8 x i32>
; CHECK: icmp slt <8 x i32> [[B]], zeroinitializer
; CHECK: [[P:%.*]] = extractelement <8 x ptr> [[A]], i64 0
; CHECK: call void @__baton_read_if(ptr [[P]], i64 4, i32
; CHECK-COUNT-7: call void @__baton_read_if(
; CHECK-NOT: @__baton_read
; CHECK: call <8 x float> @llvm.x86.avx2.gather.d.ps.256
; CHECK-COUNT-2: call void @__baton_read_if({{.*}}, i64 4, i32
; CHECK-NOT: @__baton_read
; CHECK: call <4 x float> @llvm.x86.avx2.gather.q.ps
; CHECK-COUNT-16: call void @__baton_write_if({{.*}}, i64 4, i32
; CHECK-NOT: @__baton_write
; CHECK: call void @llvm.x86.avx512.mask.scatter
  %a = call <8 x float> @llvm.x86.avx2.gather.d.ps.256(<8 x float> undef, ptr %p, <8 x i32> %i, <8 x float> %m, i8 4)
  %b = call <4 x float> @llvm.x86.avx2.gather.q.ps(<4 x float> undef, ptr %p, <2 x i64> %q, <4 x float> %n, i8 1)
  call void @llvm.x86.avx512.mask.scatter.dps.512(ptr %p, <16 x i1> %k, <16 x i32> %w, <16 x float> zeroinitializer, i32 4)
  ret void
}
