; SPDX-License-Identifier: Apache-2.0
; A check is dropped if on every path an earlier one covers it with no release in between; else it stays.
; RUN: %opt -load-pass-plugin=%pass_so -passes='baton-race<eliminate>' -baton-read-before-write=false \
; RUN:   -baton-fields=false -baton-verify -S %s | FileCheck %s
; RUN: %opt -load-pass-plugin=%pass_so -passes='baton-race<eliminate>' -baton-availability=false \
; RUN:   -baton-read-before-write=false -S %s | FileCheck --check-prefix=OFF %s
; OFF-LABEL: define void @twice(
; OFF-COUNT-2: call void @__baton_read4(

declare void @unknown()
declare i32 @abs(i32)
declare ptr @malloc(i64)

define void @twice(ptr %p) {
; CHECK-LABEL: define void @twice(
; CHECK: call void @__baton_read4(ptr %p,
; CHECK-NOT: __baton_
; CHECK: ret void
  %a = load volatile i32, ptr %p
  %b = load volatile i32, ptr %p
  ret void
}

define void @write_covers_read(ptr %p) {
; CHECK-LABEL: define void @write_covers_read(
; CHECK: call void @__baton_write4(ptr %p,
; CHECK-NOT: __baton_
; CHECK: ret void
  store i32 1, ptr %p
  %b = load volatile i32, ptr %p
  ret void
}

define i32 @part_of_what_was_read(ptr %p) {
; CHECK-LABEL: define i32 @part_of_what_was_read(
; CHECK: call void @__baton_read8(ptr %p,
; CHECK-NOT: __baton_
; CHECK: ret i32
  %a = load i64, ptr %p
  %q = getelementptr i8, ptr %p, i64 4
  %b = load i32, ptr %q
  ret i32 %b
}

define i64 @more_than_was_read(ptr %p) {
; CHECK-LABEL: define i64 @more_than_was_read(
; CHECK: call void @__baton_read4(
; CHECK: call void @__baton_read8(
  %q = getelementptr i8, ptr %p, i64 4
  %b = load volatile i32, ptr %q
  call void @unknown_to_none()
  %a = load i64, ptr %p
  ret i64 %a
}

; Two accesses cover a third together.
define i64 @halves(ptr %p) {
; CHECK-LABEL: define i64 @halves(
; CHECK: call void @__baton_write4(ptr %p,
; CHECK: call void @__baton_write4(
; CHECK-NOT: __baton_
; CHECK: ret i64
  %q = getelementptr i8, ptr %p, i64 4
  store i32 1, ptr %p
  store i32 1, ptr %q
  %a = load i64, ptr %p
  ret i64 %a
}

define void @after_an_unknown_call(ptr %p) {
; CHECK-LABEL: define void @after_an_unknown_call(
; CHECK-COUNT-2: call void @__baton_read4(ptr %p,
  %a = load volatile i32, ptr %p
  call void @unknown()
  %b = load volatile i32, ptr %p
  ret void
}

define void @after_a_release(ptr %p, ptr %flag) {
; CHECK-LABEL: define void @after_a_release(
; CHECK-COUNT-2: call void @__baton_write4(ptr %p,
  store i32 1, ptr %p
  store atomic i32 1, ptr %flag release, align 4
  store i32 2, ptr %p
  ret void
}

define void @after_an_acquire(ptr %p, ptr %flag) {
; CHECK-LABEL: define void @after_an_acquire(
; CHECK: call void @__baton_write4(ptr %p,
; CHECK-NOT: call void @__baton_write4(
; CHECK: ret void
  store i32 1, ptr %p
  %a = load atomic i32, ptr %flag acquire, align 4
  store i32 2, ptr %p
  ret void
}

define void @after_relaxed_atomics(ptr %p, ptr %flag) {
; CHECK-LABEL: define void @after_relaxed_atomics(
; CHECK: call void @__baton_write4(ptr %p,
; CHECK-NOT: call void @__baton_write4(
; CHECK: ret void
  store i32 1, ptr %p
  store atomic i32 1, ptr %flag monotonic, align 4
  %old = atomicrmw add ptr %flag, i32 1 acquire
  store i32 2, ptr %p
  ret void
}

define void @after_atomics_that_release(ptr %p, ptr %flag) {
; CHECK-LABEL: define void @after_atomics_that_release(
; CHECK-COUNT-4: call void @__baton_write4(ptr %p,
  store i32 1, ptr %p
  %a = atomicrmw add ptr %flag, i32 1 acq_rel
  store i32 2, ptr %p
  %b = cmpxchg ptr %flag, i32 0, i32 1 release monotonic
  store i32 3, ptr %p
  fence release
  store i32 4, ptr %p
  ret void
}

define void @after_assembly(ptr %p) {
; CHECK-LABEL: define void @after_assembly(
; CHECK-COUNT-2: call void @__baton_write4(ptr %p,
  store i32 1, ptr %p
  call void asm sideeffect "mfence", "~{memory}"()
  store i32 2, ptr %p
  ret void
}

define i32 @after_library_calls(ptr %p, i32 %n) {
; CHECK-LABEL: define i32 @after_library_calls(
; CHECK: call void @__baton_write4(ptr %p,
; CHECK-NOT: call void @__baton_write4(
; CHECK: ret i32
  store i32 1, ptr %p
  %a = call i32 @abs(i32 %n)
  %b = call ptr @malloc(i64 8)
  store i32 2, ptr %p
  ret i32 %a
}

define i32 @on_both_branches(ptr %p, i1 %c) {
; CHECK-LABEL: define i32 @on_both_branches(
; CHECK: left:
; CHECK: call void @__baton_read4(ptr %p,
; CHECK: right:
; CHECK: call void @__baton_write4(ptr %p,
; CHECK: join:
; CHECK-NOT: __baton_read
; CHECK: ret i32
  br i1 %c, label %left, label %right
left:
  %a = load i32, ptr %p
  br label %join
right:
  store i32 1, ptr %p
  br label %join
join:
  %b = load i32, ptr %p
  ret i32 %b
}

define i32 @on_one_branch(ptr %p, i1 %c) {
; CHECK-LABEL: define i32 @on_one_branch(
; CHECK: left:
; CHECK: call void @__baton_read4(ptr %p,
; CHECK: join:
; CHECK: call void @__baton_read4(ptr %p,
  br i1 %c, label %left, label %join
left:
  %a = load i32, ptr %p
  br label %join
join:
  %b = load i32, ptr %p
  ret i32 %b
}

define i32 @release_on_one_branch(ptr %p, i1 %c) {
; CHECK-LABEL: define i32 @release_on_one_branch(
; CHECK: call void @__baton_read4(ptr %p,
; CHECK: join:
; CHECK: call void @__baton_read4(ptr %p,
  %a = load volatile i32, ptr %p
  br i1 %c, label %left, label %join
left:
  call void @unknown()
  br label %join
join:
  %b = load i32, ptr %p
  ret i32 %b
}

; The next turn of a loop has the same pointer,
define void @same_in_each_turn(ptr %p, i32 %n) {
; CHECK-LABEL: define void @same_in_each_turn(
; CHECK: call void @__baton_read4(ptr %p,
; CHECK: loop:
; CHECK-NOT: __baton_
; CHECK: ret void
  %a = load volatile i32, ptr %p
  br label %loop
loop:
  %i = phi i32 [ 0, %0 ], [ %next, %loop ]
  %b = load volatile i32, ptr %p
  %next = add i32 %i, 1
  %more = icmp slt i32 %next, %n
  br i1 %more, label %loop, label %end
end:
  ret void
}

; or another one: a list is walked.
define void @another_in_each_turn(ptr %p) {
; CHECK-LABEL: define void @another_in_each_turn(
; CHECK: loop:
; CHECK: call void @__baton_read8(ptr %at,
; CHECK-NOT: __baton_
; CHECK: ret void
  br label %loop
loop:
  %at = phi ptr [ %p, %0 ], [ %next, %loop ]
  %next = load ptr, ptr %at
  %again = load volatile ptr, ptr %at
  %more = icmp ne ptr %next, null
  br i1 %more, label %loop, label %end
end:
  ret void
}

define internal void @unknown_to_none() noinline {
  ret void
}
