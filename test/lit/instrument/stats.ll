; SPDX-License-Identifier: Apache-2.0
; -baton-stats tells what was done and, reason by reason, what was left alone.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-stats -disable-output %s 2>&1 | FileCheck %s
; CHECK: 1 baton: functions instrumented
; CHECK: 2 baton: reads checked
; CHECK: 1 baton: writes checked
; CHECK: 1 baton: of these, checked as a range
; CHECK: 1 baton: skipped: constant memory
; CHECK-NOT: baton:

@constant = constant i32 1

define void @f(ptr %p) {
  %a = load i32, ptr %p
  %b = load i24, ptr %p
  %c = load i32, ptr @constant
  store i32 %a, ptr %p
  ret void
}
