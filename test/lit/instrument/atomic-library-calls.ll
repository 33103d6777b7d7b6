; SPDX-License-Identifier: Apache-2.0
; Calls of libatomic are atomic operations. The buffers they are given are read and written plainly, before begin.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

declare i128 @__atomic_load_16(ptr, i32)
declare void @__atomic_load(i64, ptr, ptr, i32)
declare i1 @__atomic_compare_exchange(i64, ptr, ptr, ptr, i32, i32)
declare i8 @__atomic_fetch_nand_1(ptr, i8, i32)
declare i1 @__atomic_is_lock_free(i64, ptr)

define void @f(ptr %p, ptr %e, ptr %d, i32 %order) {
; CHECK-LABEL: define void @f(
; CHECK: [[T:%.*]] = call ptr @__baton_atomic_begin(ptr %p, i64 16, i64 %baton.context)
; CHECK-NEXT: call i128 @__atomic_load_16(
; CHECK-NEXT: call void @__baton_atomic_end(ptr [[T]], ptr %p, i64 16, i32 0, i32 5, i64 %baton.context)
; CHECK-NEXT: call void @__baton_write_range(ptr %d, i64 24, i64 %baton.context)
; CHECK-NEXT: [[U:%.*]] = call ptr @__baton_atomic_begin(ptr %p, i64 24, i64 %baton.context)
; CHECK-NEXT: call void @__atomic_load(
; CHECK-NEXT: call void @__baton_atomic_end(ptr [[U]], ptr %p, i64 24, i32 0, i32 %order, i64 %baton.context)
; CHECK-NEXT: call void @__baton_read_range(ptr %e, i64 24, i64 %baton.context)
; CHECK-NEXT: call void @__baton_read_range(ptr %d, i64 24, i64 %baton.context)
; CHECK-NEXT: [[V:%.*]] = call ptr @__baton_atomic_begin(ptr %p, i64 24, i64 %baton.context)
; CHECK-NEXT: [[OK:%.*]] = call i1 @__atomic_compare_exchange(
; CHECK: [[KIND:%.*]] = select i1 [[OK]], i32 2, i32 0
; CHECK-NEXT: [[ORDER:%.*]] = select i1 [[OK]], i32 5, i32 0
; CHECK-NEXT: call void @__baton_atomic_end(ptr [[V]], ptr %p, i64 24, i32 [[KIND]], i32 [[ORDER]], i64 %baton.context)
; CHECK: call i8 @__atomic_fetch_nand_1(
; CHECK-NEXT: call void @__baton_atomic_end({{.*}}, i64 1, i32 2, i32 4, i64 %baton.context)
; CHECK-NEXT: call i1 @__atomic_is_lock_free
  %a = call i128 @__atomic_load_16(ptr %p, i32 5)
  call void @__atomic_load(i64 24, ptr %p, ptr %d, i32 %order)
  %b = call i1 @__atomic_compare_exchange(i64 24, ptr %p, ptr %e, ptr %d, i32 5, i32 0)
  %c = call i8 @__atomic_fetch_nand_1(ptr %p, i8 1, i32 4)
  %d2 = call i1 @__atomic_is_lock_free(i64 24, ptr %p)
  ret void
}
