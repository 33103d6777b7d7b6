; SPDX-License-Identifier: Apache-2.0
; Copies, fills and comparisons by a call of the C library count as the accesses that they make.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

declare ptr @memcpy(ptr, ptr, i64)
declare ptr @__memset_chk(ptr, i32, i64, i64)
declare i32 @memcmp(ptr, ptr, i64)
define internal ptr @memmove(ptr %a, ptr %b, i64 %n) {
  ret ptr %a
}

define void @f(ptr %d, ptr %s, i64 %n) {
; CHECK-LABEL: define void @f(
; CHECK: call void @__baton_read_range(ptr %s, i64 %n, i64 %baton.context)
; CHECK-NEXT: call void @__baton_write_range(ptr %d, i64 %n, i64 %baton.context)
; CHECK-NEXT: call ptr @memcpy
; CHECK-NEXT: call void @__baton_write_range(ptr %d, i64 %n, i64 %baton.context)
; CHECK-NEXT: call ptr @__memset_chk
; CHECK-NEXT: call void @__baton_read_range(ptr %d, i64 %n, i64 %baton.context)
; CHECK-NEXT: call void @__baton_read_range(ptr %s, i64 %n, i64 %baton.context)
; CHECK-NEXT: call i32 @memcmp
; The program's own function of that name is code like any other.
; CHECK-NEXT: call ptr @memmove
  %1 = call ptr @memcpy(ptr %d, ptr %s, i64 %n)
  %2 = call ptr @__memset_chk(ptr %d, i32 0, i64 %n, i64 -1)
  %3 = call i32 @memcmp(ptr %d, ptr %s, i64 %n)
  %4 = call ptr @memmove(ptr %d, ptr %s, i64 %n)
  ret void
}
