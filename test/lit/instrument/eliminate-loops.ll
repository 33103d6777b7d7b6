; SPDX-License-Identifier: Apache-2.0
; What a loop accesses evenly is checked when the loop is left, if nothing in it orders or may not return; else each turn
; checks its own.
; RUN: %opt -load-pass-plugin=%pass_so -passes='baton-race<eliminate>' -baton-verify -S %s | FileCheck %s
; RUN: %opt -load-pass-plugin=%pass_so -passes='baton-race<eliminate>' -baton-loops=false -S %s \
; RUN:   | FileCheck --check-prefix=OFF %s
; OFF-LABEL: define void @contiguous(
; OFF: call void @__baton_write4(ptr %at,

declare void @unknown()
declare ptr @_Znwm(i64)

define void @contiguous(ptr %p, i64 %n) {
; CHECK-LABEL: define void @contiguous(
; CHECK: loop:
; CHECK: [[IS_OVER:%.+]] = icmp eq i64 %baton.left, 0
; CHECK: br i1 [[IS_OVER]], label %[[OVER:.+]], label %[[BODY:.+]], !prof
; CHECK: [[OVER]]:
; CHECK: call void @__baton_write_range(ptr {{.*}}, i64 262144,
; CHECK: [[BODY]]:
; CHECK-NOT: __baton_write
; CHECK: end:
; CHECK: [[LEFT:%.+]] = shl i64 %baton.left{{.*}}, 2
; CHECK: [[BYTES:%.+]] = sub i64 262148, [[LEFT]]
; CHECK: call void @__baton_write_range(ptr {{.*}}, i64 [[BYTES]],
; CHECK-NEXT: ret void
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %next, %loop ]
  %at = getelementptr i32, ptr %p, i64 %i
  store i32 1, ptr %at
  %next = add nuw i64 %i, 1
  %more = icmp ult i64 %next, %n
  br i1 %more, label %loop, label %end
end:
  ret void
}

; A hundred turns at most: no check in between.
define i32 @short_with_gaps(ptr %p) {
; CHECK-LABEL: define i32 @short_with_gaps(
; CHECK: loop:
; CHECK-NOT: __baton
; CHECK: end:
; CHECK: call void @__baton_read_strided(ptr %p, i64 4, i64 12, i64 100,
; CHECK-NEXT: ret i32
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %next, %loop ]
  %at = getelementptr {i32, i32, i32}, ptr %p, i64 %i
  %a = load i32, ptr %at
  %next = add nuw nsw i64 %i, 1
  %more = icmp ult i64 %next, 100
  br i1 %more, label %loop, label %end
end:
  ret i32 %a
}

define void @in_some_turns(ptr %p, ptr %condition) {
; CHECK-LABEL: define void @in_some_turns(
; CHECK: some:
; CHECK: call void @__baton_write4(ptr %at,
; CHECK: end:
; CHECK: call void @__baton_read_range(ptr %condition, i64 100,
; CHECK-NEXT: ret void
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %next, %latch ]
  %which = getelementptr i8, ptr %condition, i64 %i
  %c = load i8, ptr %which
  %is = icmp eq i8 %c, 0
  br i1 %is, label %some, label %latch
some:
  %at = getelementptr i32, ptr %p, i64 %i
  store i32 1, ptr %at
  br label %latch
latch:
  %next = add nuw nsw i64 %i, 1
  %more = icmp ult i64 %next, 100
  br i1 %more, label %loop, label %end
end:
  ret void
}

define void @with_an_acquire(ptr %p, ptr %flag) {
; CHECK-LABEL: define void @with_an_acquire(
; CHECK: call void @__baton_write4(ptr %at,
; CHECK: end:
; CHECK-NEXT: ret void
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %next, %loop ]
  %at = getelementptr i32, ptr %p, i64 %i
  store i32 1, ptr %at
  %f = load atomic i32, ptr %flag acquire, align 4
  %next = add nuw nsw i64 %i, 1
  %more = icmp ult i64 %next, 100
  br i1 %more, label %loop, label %end
end:
  ret void
}

; Moved past the release, the check would report what is ordered.
define void @with_a_release(ptr %p, ptr %flag) {
; CHECK-LABEL: define void @with_a_release(
; CHECK: call void @__baton_write4(ptr %at,
; CHECK: end:
; CHECK-NEXT: ret void
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %next, %loop ]
  %at = getelementptr i32, ptr %p, i64 %i
  store i32 1, ptr %at
  store atomic i32 1, ptr %flag release, align 4
  %next = add nuw nsw i64 %i, 1
  %more = icmp ult i64 %next, 100
  br i1 %more, label %loop, label %end
end:
  ret void
}

define void @with_relaxed_atomics(ptr %p, ptr %flag) {
; CHECK-LABEL: define void @with_relaxed_atomics(
; CHECK-NOT: call void @__baton_write4(ptr %at,
; CHECK: end:
; CHECK: call void @__baton_write_range(ptr %p, i64 400,
; CHECK-NEXT: ret void
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %next, %loop ]
  %at = getelementptr i32, ptr %p, i64 %i
  store i32 1, ptr %at
  store atomic i32 1, ptr %flag monotonic, align 4
  %next = add nuw nsw i64 %i, 1
  %more = icmp ult i64 %next, 100
  br i1 %more, label %loop, label %end
end:
  ret void
}

define void @with_a_call(ptr %p) {
; CHECK-LABEL: define void @with_a_call(
; CHECK: call void @__baton_write4(ptr %at,
; CHECK: end:
; CHECK-NOT: __baton_write
; CHECK: ret void
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %next, %loop ]
  %at = getelementptr i32, ptr %p, i64 %i
  store i32 1, ptr %at
  call void @unknown()
  %next = add nuw nsw i64 %i, 1
  %more = icmp ult i64 %next, 100
  br i1 %more, label %loop, label %end
end:
  ret void
}

; It orders nothing, but what was accessed before it throws would not be checked.
define void @with_a_call_that_may_throw(ptr %p) {
; CHECK-LABEL: define void @with_a_call_that_may_throw(
; CHECK: call void @__baton_write4(ptr %at,
; CHECK: end:
; CHECK-NOT: __baton_write
; CHECK: ret void
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %next, %loop ]
  %at = getelementptr i32, ptr %p, i64 %i
  store i32 1, ptr %at
  %new = call ptr @_Znwm(i64 8)
  %next = add nuw nsw i64 %i, 1
  %more = icmp ult i64 %next, 100
  br i1 %more, label %loop, label %end
end:
  ret void
}

; Two ways out: the access is made in the last turn on one of them only.
define void @left_before_and_after(ptr %p, ptr %q) {
; CHECK-LABEL: define void @left_before_and_after(
; CHECK: before:
; CHECK: [[BEFORE:%.+]] = shl {{.*}}i64 %baton.turns, 2
; CHECK: call void @__baton_write_range(ptr %p, i64 [[BEFORE]],
; CHECK: after:
; CHECK: call void @__baton_write_range(ptr %p,
; CHECK: ret void
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %next, %latch ]
  %c = load atomic i32, ptr %q monotonic, align 4
  %leave = icmp eq i32 %c, 0
  br i1 %leave, label %before, label %latch
latch:
  %at = getelementptr i32, ptr %p, i64 %i
  store i32 1, ptr %at
  %next = add nuw nsw i64 %i, 1
  %more = icmp ult i64 %next, 100
  br i1 %more, label %loop, label %after
before:
  ret void
after:
  ret void
}

define void @rows(ptr %p, i64 %width) {
; CHECK-LABEL: define void @rows(
; CHECK: columns:
; CHECK-NOT: __baton
; CHECK: end:
; CHECK: call void @__baton_write_strided(ptr %p, i64 {{.*}}, i64 128, i64 8,
; CHECK-NEXT: ret void
  br label %rows
rows:
  %i = phi i64 [ 0, %0 ], [ %i.next, %row.end ]
  %row = getelementptr [32 x i32], ptr %p, i64 %i
  br label %columns
columns:
  %j = phi i64 [ 0, %rows ], [ %j.next, %columns ]
  %at = getelementptr i32, ptr %row, i64 %j
  store i32 1, ptr %at
  %j.next = add nuw i64 %j, 1
  %j.more = icmp ult i64 %j.next, %width
  br i1 %j.more, label %columns, label %row.end
row.end:
  %i.next = add nuw nsw i64 %i, 1
  %i.more = icmp ult i64 %i.next, 8
  br i1 %i.more, label %rows, label %end
end:
  ret void
}

; The four accesses of an unrolled loop are one progression.
define i32 @unrolled(ptr %p, i64 %step) {
; CHECK-LABEL: define i32 @unrolled(
; CHECK-NOT: call void @__baton_read4(
; CHECK: end:
; CHECK: call void @__baton_read_strided(ptr %p, i64 4, i64 {{.*}}, i64 200,
; CHECK-NEXT: ret i32
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %next, %loop ]
  %at = phi ptr [ %p, %0 ], [ %third, %loop ]
  %a = load i32, ptr %at
  %second = getelementptr i32, ptr %at, i64 %step
  %b = load i32, ptr %second
  %third = getelementptr i32, ptr %second, i64 %step
  %next = add nuw nsw i64 %i, 1
  %more = icmp ult i64 %next, 100
  br i1 %more, label %loop, label %end
end:
  ret i32 %a
}
