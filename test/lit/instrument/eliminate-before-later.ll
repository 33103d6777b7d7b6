; SPDX-License-Identifier: Apache-2.0
; A check is dropped if a later one, surely executed, covers it with no acquire in between; else it stays.
; RUN: %opt -load-pass-plugin=%pass_so -passes='baton-race<eliminate>' -baton-loops=false -baton-verify -S %s \
; RUN:   | FileCheck %s

declare void @unknown()
declare void @exit(i32)
declare ptr @_Znwm(i64)

define void @increment(ptr %p) {
; CHECK-LABEL: define void @increment(
; CHECK-NOT: __baton_read
; CHECK: call void @__baton_write4(ptr %p,
; CHECK: ret void
  %a = load i32, ptr %p
  %b = add i32 %a, 1
  store i32 %b, ptr %p
  ret void
}

define void @past_a_release(ptr %p, ptr %flag) {
; CHECK-LABEL: define void @past_a_release(
; CHECK-NOT: __baton_read4(ptr %p,
; CHECK: call void @__baton_write4(ptr %p,
; CHECK: ret void
  %a = load i32, ptr %p
  store atomic i32 1, ptr %flag release, align 4
  store i32 %a, ptr %p
  ret void
}

define void @past_an_acquire(ptr %p, ptr %flag) {
; CHECK-LABEL: define void @past_an_acquire(
; CHECK: call void @__baton_read4(ptr %p,
; CHECK: call void @__baton_write4(ptr %p,
; CHECK: ret void
  %a = load i32, ptr %p
  %f = load atomic i32, ptr %flag acquire, align 4
  store i32 %a, ptr %p
  ret void
}

define void @past_an_unknown_call(ptr %p) {
; CHECK-LABEL: define void @past_an_unknown_call(
; CHECK: call void @__baton_read4(ptr %p,
; CHECK: call void @__baton_write4(ptr %p,
  %a = load i32, ptr %p
  call void @unknown()
  store i32 %a, ptr %p
  ret void
}

; It orders nothing, but may throw.
define void @past_a_call_that_may_throw(ptr %p) {
; CHECK-LABEL: define void @past_a_call_that_may_throw(
; CHECK: call void @__baton_read8(ptr %p,
; CHECK: call void @__baton_write8(ptr %p,
  %a = load ptr, ptr %p
  %new = call ptr @_Znwm(i64 8)
  store ptr %new, ptr %p
  ret void
}

define void @more_than_is_written(ptr %p) {
; CHECK-LABEL: define void @more_than_is_written(
; CHECK: call void @__baton_read8(ptr %p,
; CHECK: call void @__baton_write4(ptr %p,
  %a = load i64, ptr %p
  store i32 1, ptr %p
  ret void
}

define void @write_before_read(ptr %p) {
; CHECK-LABEL: define void @write_before_read(
; CHECK: call void @__baton_write4(ptr %p,
  store volatile i32 1, ptr %p
  %a = load volatile i32, ptr %p
  ret void
}

define void @on_both_branches(ptr %p, i1 %c) {
; CHECK-LABEL: define void @on_both_branches(
; CHECK-NOT: __baton_read
; CHECK: left:
; CHECK: call void @__baton_write4(ptr %p,
; CHECK: right:
; CHECK: call void @__baton_write4(ptr %p,
  %a = load i32, ptr %p
  br i1 %c, label %left, label %right
left:
  store i32 1, ptr %p
  ret void
right:
  store i32 2, ptr %p
  ret void
}

define void @on_one_branch(ptr %p, i1 %c) {
; CHECK-LABEL: define void @on_one_branch(
; CHECK: call void @__baton_read4(ptr %p,
; CHECK: left:
; CHECK: call void @__baton_write4(ptr %p,
  %a = load i32, ptr %p
  br i1 %c, label %left, label %right
left:
  store i32 1, ptr %p
  ret void
right:
  ret void
}

; The other branch never comes back.
define void @unless_the_program_ends(ptr %p, i1 %c) {
; CHECK-LABEL: define void @unless_the_program_ends(
; CHECK: call void @__baton_read4(ptr %p,
; CHECK: right:
; CHECK: call void @__baton_write4(ptr %p,
  %a = load i32, ptr %p
  br i1 %c, label %left, label %right
left:
  call void @exit(i32 1)
  unreachable
right:
  store i32 2, ptr %p
  ret void
}

define void @past_a_finite_loop(ptr %p, i32 %n) mustprogress {
; CHECK-LABEL: define void @past_a_finite_loop(
; CHECK-NOT: __baton_read
; CHECK: call void @__baton_write4(ptr %p,
  %a = load i32, ptr %p
  br label %loop
loop:
  %i = phi i32 [ 0, %0 ], [ %next, %loop ]
  %next = add i32 %i, 1
  %more = icmp ne i32 %next, %n
  br i1 %more, label %loop, label %end
end:
  store i32 %a, ptr %p
  ret void
}

define void @past_a_loop_that_may_be_infinite(ptr %p, i32 %n) {
; CHECK-LABEL: define void @past_a_loop_that_may_be_infinite(
; CHECK: call void @__baton_read4(ptr %p,
; CHECK: call void @__baton_write4(ptr %p,
  %a = load i32, ptr %p
  br label %loop
loop:
  %i = phi i32 [ 0, %0 ], [ %next, %loop ]
  %next = add i32 %i, 1
  %more = icmp ne i32 %next, %n
  br i1 %more, label %loop, label %end
end:
  store i32 %a, ptr %p
  ret void
}

; A loop that waits for somebody else.
define void @past_a_loop_that_waits(ptr %p, ptr %flag) mustprogress {
; CHECK-LABEL: define void @past_a_loop_that_waits(
; CHECK: call void @__baton_read4(ptr %p,
; CHECK: call void @__baton_write4(ptr %p,
  %a = load i32, ptr %p
  br label %loop
loop:
  %f = load atomic i32, ptr %flag monotonic, align 4
  %more = icmp eq i32 %f, 0
  br i1 %more, label %loop, label %end
end:
  store i32 %a, ptr %p
  ret void
}

; Each turn writes elsewhere.
define void @another_place_in_each_turn(ptr %p, i64 %n) mustprogress {
; CHECK-LABEL: define void @another_place_in_each_turn(
; CHECK: loop:
; CHECK: call void @__baton_read4(ptr %at,
; CHECK: end:
; CHECK: call void @__baton_write4(ptr %p,
  br label %loop
loop:
  %at = phi ptr [ %p, %0 ], [ %next, %loop ]
  %a = load volatile i32, ptr %at
  %next = getelementptr i8, ptr %at, i64 %n
  %more = icmp ne i32 %a, 0
  br i1 %more, label %loop, label %end
end:
  store i32 1, ptr %p
  ret void
}
