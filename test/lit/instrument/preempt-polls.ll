; SPDX-License-Identifier: Apache-2.0
;
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-preempt-mark,baton-preempt -baton-verify -S %s | FileCheck %s
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-preempt,baton-race -baton-verify -S %s \
; RUN:   | FileCheck --check-prefix=RACE %s
target triple = "x86_64-pc-linux-gnu"

@text = private unnamed_addr constant [17 x i8] c"baton_no_preempt\00", section "llvm.metadata"
@llvm.global.annotations = appending global [1 x { ptr, ptr, ptr, i32, ptr }] [{ ptr, ptr, ptr, i32, ptr } { ptr @left_alone, ptr @text, ptr @text, i32 1, ptr null }], section "llvm.metadata"
@x = thread_local global i64 0
declare i1 @goes_on()
declare void @lock()
declare void @unlock()
declare i32 @__gxx_personality_v0(...)
declare nonnull ptr @__errno_location()

; CHECK: @__baton_poll = external dso_local thread_local(localexec) global i8

; One poll in each round, before the rest of the latch; the registers of the loop survive it. The race instrumentation
; neither checks it nor takes it for synchronisation.
; CHECK-LABEL: define void @follows_a_list(
; CHECK: loop:
; CHECK: %[[byte:.*]] = load atomic i8, ptr %{{.*}} monotonic, align 1, !nosanitize
; CHECK: icmp ne i8 %[[byte]], 0
; CHECK: br i1 {{.*}}, !prof
; CHECK: call preserve_allcc void @__baton_preempt()
; RACE-LABEL: define void @follows_a_list(
; RACE-NOT: atomic
; RACE: load atomic i8, {{.*}} !nosanitize
; RACE-NOT: atomic
; RACE: ret void
define void @follows_a_list(ptr %p) {
entry:
  br label %loop
loop:
  %node = phi ptr [ %p, %entry ], [ %next, %loop ]
  %next = load ptr, ptr %node
  %end = icmp eq ptr %next, null
  br i1 %end, label %done, label %loop
done:
  ret void
}

; A loop that counts polls between chunks, and its iterations are as they were.
; CHECK-LABEL: define i64 @counts(
; CHECK: baton.chunk:
; CHECK: %[[left:.*]] = sub i64 %n, %[[start:.*]]
; CHECK: icmp ugt i64 %[[left]],
; CHECK: %[[end:.*]] = select i1 {{.*}}, i64 %n
; CHECK: loop:
; CHECK-NEXT: %i = phi i64 [ %[[start]], %baton.chunk ], [ %i2, %loop ]
; CHECK-NOT: load atomic
; CHECK: icmp eq i64 %i2, %[[end]]
; CHECK: baton.check:
; CHECK: icmp ne i64 %i2, %n
; CHECK: load atomic i8
define i64 @counts(ptr %p, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i2, %loop ]
  %sum = phi i64 [ 0, %entry ], [ %sum2, %loop ]
  %at = getelementptr i64, ptr %p, i64 %i
  %v = load i64, ptr %at
  %sum2 = add i64 %sum, %v
  %i2 = add i64 %i, 1
  %end = icmp eq i64 %i2, %n
  br i1 %end, label %done, label %loop
done:
  ret i64 %sum2
}

; So does one whose way out is not its own, and which has a second one.
; CHECK-LABEL: define i64 @counts_behind_a_guard(
; CHECK: baton.chunk:
; CHECK: loop:
; CHECK-NEXT: %i = phi i64 {{.*}}, %baton.chunk ]
; CHECK-NOT: load atomic
; CHECK: baton.check:
; CHECK: load atomic i8
define i64 @counts_behind_a_guard(ptr %p, i64 %n) {
entry:
  %none = icmp eq i64 %n, 0
  br i1 %none, label %done, label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %i2, %latch ]
  %at = getelementptr i64, ptr %p, i64 %i
  %v = load i64, ptr %at
  %found = icmp eq i64 %v, 7
  br i1 %found, label %done, label %latch
latch:
  %i2 = add i64 %i, 1
  %more = icmp ult i64 %i2, %n
  br i1 %more, label %loop, label %done
done:
  %result = phi i64 [ 0, %entry ], [ %i, %loop ], [ %n, %latch ]
  ret i64 %result
}

; Beyond the bound there is no chunk.
; CHECK-LABEL: define void @counts_below(
; CHECK: %[[far:.*]] = icmp ugt i32
; CHECK: %[[below:.*]] = icmp slt i32
; CHECK: and i1 %[[far]], %[[below]]
define void @counts_below(ptr %p, i32 %n) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %i2, %loop ]
  store volatile i32 %i, ptr %p
  %i2 = add i32 %i, 3
  %more = icmp slt i32 %i2, %n
  br i1 %more, label %loop, label %done
done:
  ret void
}

; It ends soon.
; CHECK-LABEL: define void @short_loop(
; CHECK-NOT: __baton
; CHECK: ret void
define void @short_loop(ptr %p) {
entry:
  br label %loop
loop:
  %i = phi i32 [ 0, %entry ], [ %i2, %loop ]
  store volatile i32 %i, ptr %p
  %i2 = add i32 %i, 1
  %more = icmp ult i32 %i2, 1000
  br i1 %more, label %loop, label %done
done:
  ret void
}

; Not before the last use of a thread's address.
; CHECK-LABEL: define void @sets_errno(
; CHECK: store i32 1, ptr %errno
; CHECK: load atomic i8
define void @sets_errno() {
entry:
  br label %loop
loop:
  %errno = call ptr @__errno_location()
  %more = call i1 @goes_on()
  br i1 %more, label %latch, label %done
latch:
  store i32 1, ptr %errno
  br label %loop
done:
  ret void
}

; Between two rounds, not between the taking of a lock and its giving up.
; CHECK-LABEL: define void @locks_in_its_latch(
; CHECK: loop:
; CHECK: call void @lock()
; CHECK: call void @unlock()
; CHECK-NEXT: %more = call i1 @goes_on()
; CHECK-NEXT: br i1 %more, label %[[back:.*]], label %done
; CHECK: [[back]]:
; CHECK: load atomic i8
define void @locks_in_its_latch() {
entry:
  br label %loop
loop:
  call void @lock()
  br label %latch
latch:
  call void @unlock()
  %more = call i1 @goes_on()
  br i1 %more, label %loop, label %done
done:
  ret void
}

; Not with the lock that ends the loop.
; CHECK-LABEL: define void @spins(
; CHECK: loop:
; CHECK-NEXT: %was = atomicrmw
; CHECK-NEXT: %free = icmp eq
; CHECK-NEXT: br i1 %free, label %done, label %[[back:.*]]
; CHECK: [[back]]:
; CHECK: load atomic i8
define void @spins(ptr %lock) {
entry:
  br label %loop
loop:
  %was = atomicrmw xchg ptr %lock, i32 1 acquire
  %free = icmp eq i32 %was, 0
  br i1 %free, label %done, label %loop
done:
  ret void
}

; Where the end of the latch is a call, at the start of the next round.
; CHECK-LABEL: define void @unlocks_at_last(
; CHECK: loop:
; CHECK: load atomic i8
; CHECK: call void @lock()
; CHECK-NOT: load atomic
; CHECK: invoke void @unlock()
define void @unlocks_at_last() personality ptr @__gxx_personality_v0 {
entry:
  br label %loop
loop:
  call void @lock()
  invoke void @unlock() to label %loop unwind label %out
out:
  %e = landingpad { ptr, i32 } cleanup
  resume { ptr, i32 } %e
}

; A cycle with two entries.
; CHECK-LABEL: define void @irreducible(
; CHECK: load atomic i8
define void @irreducible(i1 %c) {
  br i1 %c, label %a, label %b
a:
  %x1 = call i1 @goes_on()
  br label %b
b:
  %x2 = call i1 @goes_on()
  br i1 %x2, label %a, label %done
done:
  ret void
}

; CHECK-LABEL: define void @left_alone(
; CHECK-NOT: load atomic i8
; CHECK: ret void
define void @left_alone(ptr %p) {
entry:
  br label %loop
loop:
  %node = phi ptr [ %p, %entry ], [ %next, %loop ]
  %next = load ptr, ptr %node
  %end = icmp eq ptr %next, null
  br i1 %end, label %done, label %loop
done:
  ret void
}

; CHECK: declare preserve_allcc void @__baton_preempt()
