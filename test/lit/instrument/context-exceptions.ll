; SPDX-License-Identifier: Apache-2.0
; A landing pad makes the context this function's again; a cleanup that resumes puts back the caller's.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

declare void @g()
declare i32 @__gxx_personality_v0(...)

define void @f() personality ptr @__gxx_personality_v0 {
; CHECK-LABEL: define void @f(
; CHECK: unwind label %lpad
; CHECK: lpad:
; CHECK-NEXT: landingpad
; CHECK-NEXT: cleanup
; CHECK-NEXT: store i64 %baton.context, ptr @__baton_ctx
; CHECK-NEXT: call void @g()
; CHECK-NEXT: store i64 %baton.saved, ptr @__baton_ctx
; CHECK-NEXT: resume
  invoke void @g() to label %done unwind label %lpad
done:
  ret void
lpad:
  %l = landingpad { ptr, i32 } cleanup
  call void @g()
  resume { ptr, i32 } %l
}

; A cleanup with nothing to do is left at once: the caller's context is what remains.
define void @passes_on() personality ptr @__gxx_personality_v0 {
; CHECK-LABEL: define void @passes_on(
; CHECK: landingpad
; CHECK-NEXT: cleanup
; CHECK-NEXT: store i64 %baton.context, ptr @__baton_ctx
; CHECK-NEXT: store i64 %baton.saved, ptr @__baton_ctx
; CHECK-NEXT: resume
  invoke void @g() to label %done unwind label %lpad
done:
  ret void
lpad:
  %l = landingpad { ptr, i32 } cleanup
  resume { ptr, i32 } %l
}
