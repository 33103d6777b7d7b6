; SPDX-License-Identifier: Apache-2.0
; The calling context: computed at entry, stored if the function calls anything, put back at every return.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

; CHECK: @__baton_ctx = external thread_local(initialexec) global i64

declare void @g()
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)

define i32 @calls(i1 %c) {
; CHECK-LABEL: define i32 @calls(
; CHECK-NEXT: %slot = alloca i32
; CHECK-NEXT: %baton.saved = load i64, ptr @__baton_ctx
; CHECK-NEXT: [[RA:%.*]] = call ptr @llvm.returnaddress(i32 0)
; CHECK-NEXT: [[I:%.*]] = ptrtoint ptr [[RA]] to i64
; CHECK-NEXT: [[M:%.*]] = add i64 %baton.saved, [[I]]
; CHECK-NEXT: %baton.hash = mul i64 [[M]], -7046029254386353131
; CHECK-NEXT: %baton.context = and i64 %baton.hash, -256
; CHECK-NEXT: store i64 %baton.context, ptr @__baton_ctx
; CHECK-NEXT: call void @g()
; CHECK: a:
; CHECK-NEXT: store i64 %baton.saved, ptr @__baton_ctx
; CHECK-NEXT: ret i32 1
; CHECK: b:
; CHECK-NEXT: store i64 %baton.saved, ptr @__baton_ctx
; CHECK-NEXT: ret i32 2
  %slot = alloca i32
  call void @g()
  br i1 %c, label %a, label %b
a:
  ret i32 1
b:
  ret i32 2
}

; Intrinsics, our own functions, an empty asm statement and errno's location call nothing that keeps a context.
declare ptr @__errno_location()
define void @leaf(ptr %p) {
; CHECK-LABEL: define void @leaf(
; CHECK: %baton.context = and
; CHECK-NOT: store i64 %baton
; CHECK: ret void
  call void @llvm.memset.p0.i64(ptr %p, i8 0, i64 8, i1 false)
  call void asm sideeffect "", "~{memory}"()
  %e = call ptr @__errno_location()
  ret void
}

define void @nothing() {
; CHECK-LABEL: define void @nothing(
; CHECK-NEXT: ret void
  ret void
}

; Assembly may call.
define void @assembly() {
; CHECK-LABEL: define void @assembly(
; CHECK: store i64 %baton.context, ptr @__baton_ctx
; CHECK: store i64 %baton.saved, ptr @__baton_ctx
  call void asm sideeffect "call g", "~{memory}"()
  ret void
}

; No return: nothing to put back.
define void @never_returns() noreturn {
; CHECK-LABEL: define void @never_returns(
; CHECK: store i64 %baton.context, ptr @__baton_ctx
; CHECK-NOT: store i64 %baton.saved
; CHECK: unreachable
  call void @g()
  unreachable
}
