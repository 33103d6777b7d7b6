; SPDX-License-Identifier: Apache-2.0
; A compare-exchange that fails is a load with its failure order.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

define i1 @f(ptr %p) {
; CHECK-LABEL: define i1 @f(
; CHECK: [[T:%.*]] = call ptr @__baton_atomic_begin(ptr %p, i64 8, i64 %baton.context)
; CHECK-NEXT: [[R:%.*]] = cmpxchg weak ptr %p, i64 0, i64 1 acq_rel acquire
; CHECK-NEXT: [[OK:%.*]] = extractvalue { i64, i1 } [[R]], 1
; CHECK-NEXT: [[KIND:%.*]] = select i1 [[OK]], i32 2, i32 0
; CHECK-NEXT: [[ORDER:%.*]] = select i1 [[OK]], i32 4, i32 2
; CHECK-NEXT: call void @__baton_atomic_end(ptr [[T]], ptr %p, i64 8, i32 [[KIND]], i32 [[ORDER]], i64 %baton.context)
  %r = cmpxchg weak ptr %p, i64 0, i64 1 acq_rel acquire
  %ok = extractvalue { i64, i1 } %r, 1
  ret i1 %ok
}
