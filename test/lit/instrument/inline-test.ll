; SPDX-License-Identifier: Apache-2.0
; A check of optimised code asks the filter inline; a miss calls out of line, with all registers preserved.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race,baton-race-inline -baton-verify -S %s | FileCheck %s
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race,baton-race-inline -S %s | FileCheck --check-prefix=SIZES %s
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

declare void @unknown()

; The words are loaded first, then the epoch of the line; a leaf function keeps no context at all.
define i32 @leaf(ptr %p) {
; CHECK-LABEL: define i32 @leaf(
; CHECK-NEXT: [[ADDRESS:%.*]] = ptrtoint ptr %p to i64
; CHECK-NEXT: [[PLACE:%.*]] = lshr i64 [[ADDRESS]], 2
; CHECK-NEXT: [[SHADOW:%.*]] = load ptr, ptr @__baton_shadow, align 8, !invariant.load
; CHECK-NEXT: [[OFFSET:%.*]] = and i64 [[PLACE]], -16
; CHECK-NEXT: [[LINE:%.*]] = getelementptr i8, ptr [[SHADOW]], i64 [[OFFSET]]
; CHECK-NEXT: [[AT:%.*]] = getelementptr i8, ptr [[LINE]], i64 8
; CHECK-NEXT: [[WORDS:%.*]] = load atomic i16, ptr [[AT]] acquire, align 2
; CHECK-NEXT: [[OWNER:%.*]] = load atomic i64, ptr [[LINE]] monotonic, align 8
; CHECK-NEXT: [[EPOCH:%.*]] = load i64, ptr @__baton_epoch
; CHECK-NEXT: [[FOREIGN:%.*]] = icmp ne i64 [[OWNER]], [[EPOCH]]
; CHECK-NEXT: br i1 [[FOREIGN]], label %baton.cold, label %baton.test, !prof [[RARE:![0-9]+]]
; CHECK: baton.test:
; CHECK-NEXT: [[TURN:%.*]] = trunc i64 [[PLACE]] to i16
; CHECK-NEXT: [[TURNED:%.*]] = call i16 @llvm.fshr.i16(i16 [[WORDS]], i16 [[WORDS]], i16 [[TURN]])
; CHECK-NEXT: [[MISSING:%.*]] = zext i16 [[TURNED]] to i32
; CHECK-NEXT: [[NEEDED:%.*]] = and i32 [[MISSING]], 1
; CHECK-NEXT: icmp ne i32 [[NEEDED]], 0
; CHECK-NEXT: br i1 {{%.*}}, label %baton.cold, label %[[REST:.*]], !prof [[RARE]]
; CHECK: baton.cold:
; CHECK-NEXT: call preserve_allcc void @__baton_cold_read4_leaf(ptr %p)
; CHECK-NEXT: br label %[[REST]]
; CHECK: [[REST]]:
; CHECK-NEXT: load i32, ptr %p
; CHECK-NEXT: ret i32
  %a = load i32, ptr %p
  ret i32 %a
}

; A write looks at the words written. The function stores its context: the cold call finds it there.
define void @calls(ptr %p) {
; CHECK-LABEL: define void @calls(
; CHECK: store i64 %baton.context, ptr @__baton_ctx
; CHECK: getelementptr i8, ptr {{%.*}}, i64 10
; CHECK-NOT: @__baton_write4(
; CHECK: call preserve_allcc void @__baton_cold_write4(ptr %p)
  store i32 1, ptr %p
  call void @unknown()
  ret void
}

; Aligned accesses need as many words as they have; of an address whose alignment is not known, one more may be touched.
; Words that may reach over the end of the line are not taken round.
define void @sizes(ptr %p) {
; SIZES-LABEL: define void @sizes(
; SIZES: fshr
; SIZES: and i32 {{%.*}}, 1{{$}}
; SIZES: @__baton_cold_write1_leaf
; SIZES: fshr
; SIZES: and i32 {{%.*}}, 3{{$}}
; SIZES: @__baton_cold_write8_leaf
; SIZES: or i32 {{%.*}}, -65536
; SIZES: and i32 {{%.*}}, 15{{$}}
; SIZES: lshr
; SIZES: and i32 {{%.*}}, 7{{$}}
; SIZES: @__baton_cold_write8_leaf
; SIZES: or i32 {{%.*}}, -65536
; SIZES: and i32 {{%.*}}, 3{{$}}
; SIZES: @__baton_cold_write2_leaf
; SIZES: or i32 {{%.*}}, -65536
; SIZES: and i32 {{%.*}}, 3{{$}}
; SIZES: @__baton_cold_write8_leaf
  store i8 0, ptr %p
  store i64 0, ptr %p, align 8
  store i64 0, ptr %p, align 1
  store i16 0, ptr %p, align 1
  store i64 0, ptr %p, align 4
  ret void
}
define void @wide(ptr %p) {
; SIZES-LABEL: define void @wide(
; SIZES: fshr
; SIZES: and i32 {{%.*}}, 255{{$}}
; SIZES: @__baton_cold_write_n_leaf(ptr %p, i64 32)
; SIZES: fshr
; SIZES: and i32 {{%.*}}, 65535{{$}}
; SIZES: @__baton_cold_write_n_leaf(ptr %p, i64 64)
; Wider than a line, or perhaps over its end: a call.
; SIZES: call void @__baton_write_range(ptr %p, i64 64, i64 %baton.context)
; SIZES: call void @__baton_write_range(ptr %p, i64 128, i64 %baton.context)
  store <8 x i32> zeroinitializer, ptr %p
  store <16 x i32> zeroinitializer, ptr %p
  store <16 x i32> zeroinitializer, ptr %p, align 2
  store <32 x i32> zeroinitializer, ptr %p
  ret void
}

; Without optimisation, and where size counts, the calls stay.
define void @not_optimised(ptr %p) optnone noinline {
; CHECK-LABEL: define void @not_optimised(
; CHECK: call void @__baton_write4(ptr %p, i64 %baton.context)
  store i32 1, ptr %p
  ret void
}
define void @for_size(ptr %p) optsize {
; CHECK-LABEL: define void @for_size(
; CHECK: call void @__baton_write4(ptr %p, i64 %baton.context)
  store i32 1, ptr %p
  ret void
}

; Code that leads to a function which does not return, or cleans up after an exception, is cold: no test, a short call.
declare void @stop() noreturn
define void @in_cold_code(ptr %p, i1 %c) {
; CHECK-LABEL: define void @in_cold_code(
; CHECK: bad:
; CHECK-NEXT: call preserve_allcc void @__baton_cold_write4(ptr %p)
; CHECK-NEXT: store i32 1, ptr %p
; CHECK: good:
; CHECK: load atomic i16
; CHECK: @__baton_cold_write4(ptr %p)
  br i1 %c, label %bad, label %good
bad:
  store i32 1, ptr %p
  call void @stop()
  unreachable
good:
  store i32 2, ptr %p
  ret void
}

; An unlikely branch may be taken often.
define void @in_unlikely_code(ptr %p, i1 %c) {
; CHECK-LABEL: define void @in_unlikely_code(
; CHECK: rare:
; CHECK: load atomic i16
; CHECK: @__baton_cold_write4_leaf(ptr %p)
; CHECK: ret void
  br i1 %c, label %rare, label %end, !prof !0
rare:
  store i32 1, ptr %p
  br label %end
end:
  ret void
}
; Of its loops it has them in those that are executed most: here all of the inner one, which has more than may be, and
; none of the outer one.
define void @large_loops(ptr %p, i64 %n) {
; CHECK-LABEL: define void @large_loops(
; CHECK: outer:
; CHECK-NOT: load atomic i16
; CHECK: call preserve_allcc void @__baton_cold_write1_leaf(
; CHECK: inner:
; CHECK-COUNT-13: load atomic i16
; CHECK: ret void
entry:
  br label %outer
outer:
  %i = phi i64 [ 0, %entry ], [ %i2, %latch ]
  %at = getelementptr i8, ptr %p, i64 %i
  store i8 0, ptr %at
  br label %inner
inner:
  %j = phi i64 [ 0, %outer ], [ %j2, %inner ]
  %q = getelementptr i8, ptr %at, i64 %j
  %q0 = getelementptr i8, ptr %q, i64 0
  store volatile i8 0, ptr %q0
  %q1 = getelementptr i8, ptr %q, i64 100
  store i8 0, ptr %q1
  %q2 = getelementptr i8, ptr %q, i64 200
  store i8 0, ptr %q2
  %q3 = getelementptr i8, ptr %q, i64 300
  store i8 0, ptr %q3
  %q4 = getelementptr i8, ptr %q, i64 400
  store i8 0, ptr %q4
  %q5 = getelementptr i8, ptr %q, i64 500
  store i8 0, ptr %q5
  %q6 = getelementptr i8, ptr %q, i64 600
  store i8 0, ptr %q6
  %q7 = getelementptr i8, ptr %q, i64 700
  store i8 0, ptr %q7
  %q8 = getelementptr i8, ptr %q, i64 800
  store i8 0, ptr %q8
  %q9 = getelementptr i8, ptr %q, i64 900
  store i8 0, ptr %q9
  %q10 = getelementptr i8, ptr %q, i64 1000
  store i8 0, ptr %q10
  %q11 = getelementptr i8, ptr %q, i64 1100
  store i8 0, ptr %q11
  %q12 = getelementptr i8, ptr %q, i64 1200
  store i8 0, ptr %q12
  %j2 = add i64 %j, 1
  %more = icmp ult i64 %j2, %n
  br i1 %more, label %inner, label %latch
latch:
  %i2 = add i64 %i, 1
  %again = icmp ult i64 %i2, %n
  br i1 %again, label %outer, label %end
end:
  ret void
}

; A large function has tests in its loops only.
define void @large(ptr %p, i64 %n) {
; CHECK-LABEL: define void @large(
; CHECK-NOT: load atomic i16
; CHECK-COUNT-13: call preserve_allcc void @__baton_cold_write1_leaf(
; CHECK-NOT: load atomic i16
; CHECK: loop:
; CHECK: load atomic i16
; CHECK: @__baton_cold_write1_leaf(
; CHECK: ret void
  %p0 = getelementptr i8, ptr %p, i64 0
  store i8 0, ptr %p0
  %p1 = getelementptr i8, ptr %p, i64 100
  store i8 0, ptr %p1
  %p2 = getelementptr i8, ptr %p, i64 200
  store i8 0, ptr %p2
  %p3 = getelementptr i8, ptr %p, i64 300
  store i8 0, ptr %p3
  %p4 = getelementptr i8, ptr %p, i64 400
  store i8 0, ptr %p4
  %p5 = getelementptr i8, ptr %p, i64 500
  store i8 0, ptr %p5
  %p6 = getelementptr i8, ptr %p, i64 600
  store i8 0, ptr %p6
  %p7 = getelementptr i8, ptr %p, i64 700
  store i8 0, ptr %p7
  %p8 = getelementptr i8, ptr %p, i64 800
  store i8 0, ptr %p8
  %p9 = getelementptr i8, ptr %p, i64 900
  store i8 0, ptr %p9
  %p10 = getelementptr i8, ptr %p, i64 1000
  store i8 0, ptr %p10
  %p11 = getelementptr i8, ptr %p, i64 1100
  store i8 0, ptr %p11
  %p12 = getelementptr i8, ptr %p, i64 1200
  store i8 0, ptr %p12
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %next, %loop ]
  %square = mul i64 %i, %i
  %q = getelementptr i8, ptr %p, i64 %square
  store i8 1, ptr %q
  %next = add i64 %i, 1
  %more = icmp ult i64 %next, %n
  br i1 %more, label %loop, label %end
end:
  ret void
}
!0 = !{!"branch_weights", i32 1, i32 100}
