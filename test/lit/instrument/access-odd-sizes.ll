; SPDX-License-Identifier: Apache-2.0
; Sizes without a function of their own are ranges of exactly the bytes that are stored.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"

define void @odd(ptr %p) {
; CHECK-LABEL: define void @odd(
; CHECK: call void @__baton_read_range(ptr %p, i64 3, i64 %baton.context)
; CHECK-NEXT: load i24
; CHECK: call void @__baton_write_range(ptr %p, i64 3, i64 %baton.context)
; CHECK-NEXT: store i24
; CHECK: call void @__baton_read_range(ptr %p, i64 10, i64 %baton.context)
; CHECK-NEXT: load x86_fp80
; CHECK: call void @__baton_read_range(ptr %p, i64 12, i64 %baton.context)
; CHECK-NEXT: load <3 x i32>
  %a = load i24, ptr %p
  store i24 %a, ptr %p
  %b = load x86_fp80, ptr %p
  %c = load <3 x i32>, ptr %p
  ret void
}
