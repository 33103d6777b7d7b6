; SPDX-License-Identifier: Apache-2.0
; Accesses of one kind to neighbouring fields are checked together, at the first of them and for exactly their bytes, if
; nothing in between orders or may not return.
; RUN: %opt -load-pass-plugin=%pass_so -passes='baton-race<eliminate>' -baton-verify -S %s | FileCheck %s
; RUN: %opt -load-pass-plugin=%pass_so -passes='baton-race<eliminate>' -baton-fields=false -S %s \
; RUN:   | FileCheck --check-prefix=OFF %s
; RUN: %opt -load-pass-plugin=%pass_so -passes='baton-race<eliminate>,baton-race-inline' -baton-verify -S \
; RUN:   -mtriple=x86_64-linux-gnu %s | FileCheck --check-prefix=INLINE %s
; OFF-LABEL: define i32 @two(
; OFF-COUNT-2: call void @__baton_read4(

declare void @unknown()
declare i32 @plain() memory(none) nounwind willreturn

define i32 @two(ptr %p) {
; CHECK-LABEL: define i32 @two(
; CHECK: call void @__baton_read8(ptr %p,
; CHECK-NEXT: %a = load
; CHECK-NOT: __baton
; CHECK: ret i32
  %a = load i32, ptr %p, align 8
  %q = getelementptr i8, ptr %p, i64 4
  %b = load i32, ptr %q, align 4
  %c = add i32 %a, %b
  ret i32 %c
}

; The second first: the check covers both, from the lower one on.
define void @in_any_order(ptr %p) {
; CHECK-LABEL: define void @in_any_order(
; CHECK: [[FIRST:%.+]] = getelementptr i8, ptr %p, i64 -8
; CHECK: call void @__baton_write_range(ptr [[FIRST]], i64 12,
; CHECK-NOT: __baton
; CHECK: ret void
  store i32 1, ptr %p, align 8
  %q = getelementptr i8, ptr %p, i64 -8
  store i64 1, ptr %q, align 8
  ret void
}

; 0b1111_0000_1111: the hole is not covered. Inline, the first word and the third must be in the filter.
define i32 @with_a_hole(ptr %p) {
; CHECK-LABEL: define i32 @with_a_hole(
; CHECK: call void @__baton_read_mask(ptr %p, i64 3855,
; CHECK-NOT: __baton
; CHECK: ret i32
; INLINE-LABEL: define i32 @with_a_hole(
; INLINE: [[FOUND:%.+]] = and i32 %{{.*}}, 5
; INLINE: icmp ne i32 [[FOUND]], 0
; INLINE: call preserve_allcc void @__baton_cold_read_mask_leaf(ptr %p, i64 3855)
  %a = load i32, ptr %p, align 4
  %q = getelementptr i8, ptr %p, i64 8
  %b = load i32, ptr %q, align 4
  %c = add i32 %a, %b
  ret i32 %c
}

; Without words to test, the call stays.
define i8 @bytes_with_a_hole(ptr %p) {
; CHECK-LABEL: define i8 @bytes_with_a_hole(
; CHECK: call void @__baton_read_mask(ptr %p, i64 5,
; INLINE-LABEL: define i8 @bytes_with_a_hole(
; INLINE: call void @__baton_read_mask(ptr %p, i64 5,
  %a = load i8, ptr %p
  %q = getelementptr i8, ptr %p, i64 2
  %b = load i8, ptr %q
  %c = add i8 %a, %b
  ret i8 %c
}

define void @reads_and_writes_apart(ptr %p) {
; CHECK-LABEL: define void @reads_and_writes_apart(
; CHECK: call void @__baton_read4(ptr %p,
; CHECK: call void @__baton_write4(
  %a = load i32, ptr %p
  %q = getelementptr i8, ptr %p, i64 4
  store i32 %a, ptr %q
  ret void
}

define i32 @too_far(ptr %p) {
; CHECK-LABEL: define i32 @too_far(
; CHECK-COUNT-2: call void @__baton_read4(
  %a = load i32, ptr %p
  %q = getelementptr i8, ptr %p, i64 100
  %b = load i32, ptr %q
  %c = add i32 %a, %b
  ret i32 %c
}

define void @around_an_acquire(ptr %p, ptr %flag) {
; CHECK-LABEL: define void @around_an_acquire(
; CHECK: call void @__baton_write4(ptr %p,
; CHECK: load atomic
; CHECK: call void @__baton_write4(
  store i32 1, ptr %p
  %f = load atomic i32, ptr %flag acquire, align 4
  %q = getelementptr i8, ptr %p, i64 4
  store i32 2, ptr %q
  ret void
}

define void @around_a_release(ptr %p, ptr %flag) {
; CHECK-LABEL: define void @around_a_release(
; CHECK: call void @__baton_write4(ptr %p,
; CHECK: store atomic
; CHECK: call void @__baton_write4(
  store i32 1, ptr %p
  store atomic i32 1, ptr %flag release, align 4
  %q = getelementptr i8, ptr %p, i64 4
  store i32 2, ptr %q
  ret void
}

define void @around_relaxed(ptr %p, ptr %flag) {
; CHECK-LABEL: define void @around_relaxed(
; CHECK: call void @__baton_write8(ptr %p,
; CHECK-NOT: __baton_write
; CHECK: ret void
  store i32 1, ptr %p, align 8
  store atomic i32 1, ptr %flag monotonic, align 4
  %q = getelementptr i8, ptr %p, i64 4
  store i32 2, ptr %q
  ret void
}

define void @around_a_call(ptr %p) {
; CHECK-LABEL: define void @around_a_call(
; CHECK: call void @__baton_write4(ptr %p,
; CHECK: call void @unknown(
; CHECK: call void @__baton_write4(
  store i32 1, ptr %p
  call void @unknown()
  %q = getelementptr i8, ptr %p, i64 4
  store i32 2, ptr %q
  ret void
}

define void @in_one_case(ptr %p, i1 %c) {
; CHECK-LABEL: define void @in_one_case(
; CHECK: call void @__baton_write4(ptr %p,
; CHECK: then:
; CHECK: call void @__baton_write4(
  store i32 1, ptr %p
  br i1 %c, label %then, label %end
then:
  %q = getelementptr i8, ptr %p, i64 4
  store i32 2, ptr %q
  br label %end
end:
  ret void
}
