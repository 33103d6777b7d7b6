; SPDX-License-Identifier: Apache-2.0
; Counters of coverage and profiling race by design.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

@__profc_f = private global [1 x i64] zeroinitializer, section "__llvm_prf_cnts"
@__llvm_gcov_ctr = internal global [1 x i64] zeroinitializer
@profit = global i64 0

define void @counters() {
; CHECK-LABEL: define void @counters(
; CHECK-NOT: @__baton_
; CHECK: ret void
  %a = load i64, ptr @__profc_f
  store i64 %a, ptr @__profc_f
  store i64 %a, ptr @__llvm_gcov_ctr
  ret void
}

define void @ordinary() {
; CHECK-LABEL: define void @ordinary(
; CHECK: call void @__baton_write8(ptr @profit,
  store i64 1, ptr @profit
  ret void
}
