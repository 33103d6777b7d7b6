; SPDX-License-Identifier: Apache-2.0
; Atomic loads and stores stay as they are between begin and end, of any size, type and order; volatile too.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

define void @f(ptr %p) {
; CHECK-LABEL: define void @f(
; CHECK: [[T:%.*]] = call ptr @__baton_atomic_begin(ptr %p, i64 4, i64 %baton.context)
; CHECK-NEXT: load atomic i32, ptr %p monotonic, align 4
; CHECK-NEXT: call void @__baton_atomic_end(ptr [[T]], ptr %p, i64 4, i32 0, i32 0, i64 %baton.context)
; CHECK: call ptr @__baton_atomic_begin(ptr %p, i64 8,
; CHECK-NEXT: load atomic volatile ptr, ptr %p acquire, align 8
; CHECK-NEXT: call void @__baton_atomic_end(ptr {{.*}}, ptr %p, i64 8, i32 0, i32 2, i64 %baton.context)
; CHECK: call ptr @__baton_atomic_begin(ptr %p, i64 1,
; CHECK-NEXT: store atomic i8 1, ptr %p release, align 1
; CHECK-NEXT: call void @__baton_atomic_end(ptr {{.*}}, ptr %p, i64 1, i32 1, i32 3, i64 %baton.context)
; CHECK: call ptr @__baton_atomic_begin(ptr %p, i64 8,
; CHECK-NEXT: store atomic double
; CHECK-NEXT: call void @__baton_atomic_end(ptr {{.*}}, ptr %p, i64 8, i32 1, i32 5, i64 %baton.context)
; CHECK: call ptr @__baton_atomic_begin(ptr %p, i64 2,
; CHECK-NEXT: load atomic i16, ptr %p syncscope("singlethread") acquire
; CHECK-NEXT: call void @__baton_atomic_end(ptr {{.*}}, ptr %p, i64 2, i32 0, i32 0, i64 %baton.context)
; CHECK: call ptr @__baton_atomic_begin(ptr %p, i64 16,
; CHECK-NEXT: load atomic i128
; CHECK-NOT: __baton_{{read|write}}
; CHECK: ret void
  %a = load atomic i32, ptr %p monotonic, align 4
  %b = load atomic volatile ptr, ptr %p acquire, align 8
  store atomic i8 1, ptr %p release, align 1
  store atomic double 0.0, ptr %p seq_cst, align 8
  %c = load atomic i16, ptr %p syncscope("singlethread") acquire, align 2
  %d = load atomic i128, ptr %p unordered, align 16
  ret void
}
