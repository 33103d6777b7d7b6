; SPDX-License-Identifier: Apache-2.0
; Static local variables: release before the guard is released, acquire after it has been acquired.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

declare i32 @__cxa_guard_acquire(ptr)
declare void @__cxa_guard_release(ptr)
declare i32 @__gxx_personality_v0(...)

define void @f(ptr %g) {
; CHECK-LABEL: define void @f(
; CHECK: call i32 @__cxa_guard_acquire(ptr %g)
; CHECK-NEXT: call void @__baton_guard_acquire(ptr %g)
; CHECK-NEXT: call void @__baton_guard_release(ptr %g)
; CHECK-NEXT: call void @__cxa_guard_release(ptr %g)
  %a = call i32 @__cxa_guard_acquire(ptr %g)
  call void @__cxa_guard_release(ptr %g)
  ret void
}

; An initialiser that is entered again may throw. The landing on the normal path is not shared with other paths.
define void @invoked(ptr %g, i1 %c) personality ptr @__gxx_personality_v0 {
; CHECK-LABEL: define void @invoked(
; CHECK: invoke i32 @__cxa_guard_acquire(ptr %g)
; CHECK-NEXT: to label %[[NORMAL:.*]] unwind
; CHECK: [[NORMAL]]:
; CHECK-NEXT: call void @__baton_guard_acquire(ptr %g)
; CHECK-NEXT: br label %done
entry:
  br i1 %c, label %try, label %done
try:
  %a = invoke i32 @__cxa_guard_acquire(ptr %g) to label %done unwind label %lpad
done:
  ret void
lpad:
  %l = landingpad { ptr, i32 } cleanup
  resume { ptr, i32 } %l
}
