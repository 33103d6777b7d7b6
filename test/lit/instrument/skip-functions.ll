; SPDX-License-Identifier: Apache-2.0
; Functions that are left as they are, and what happens to one that the pass sees a second time: nothing.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s
; RUN: %opt -load-pass-plugin=%pass_so -passes='baton-race-mark,baton-race' -S %s | FileCheck --check-prefix=MARK %s
; RUN: %opt -load-pass-plugin=%pass_so -passes='baton-race,baton-race' -S %s | FileCheck %s

define void @disabled(ptr %p) disable_sanitizer_instrumentation {
; CHECK-LABEL: define void @disabled(
; CHECK-NEXT: store
; MARK: define void @disabled(ptr %p) #[[DISABLED:[0-9]+]]
  store i32 1, ptr %p
  ret void
}

define void @stripped(ptr %p) naked {
; CHECK-LABEL: define void @stripped(
; CHECK-NEXT: store
  store i32 1, ptr %p
  ret void
}

define void @__baton_internal(ptr %p) {
; CHECK-LABEL: define void @__baton_internal(
; CHECK-NEXT: store
  store i32 1, ptr %p
  ret void
}

define available_externally void @elsewhere(ptr %p) {
; CHECK-LABEL: define available_externally void @elsewhere(
; CHECK-NEXT: store
  store i32 1, ptr %p
  ret void
}

define void @ordinary(ptr %p) {
; CHECK-LABEL: define void @ordinary(
; CHECK: call void @__baton_write4(
; CHECK-NOT: call void @__baton_write4(
; CHECK: ret void
; MARK: define void @ordinary(ptr %p) #[[ORDINARY:[0-9]+]]
  store i32 1, ptr %p
  ret void
}

; MARK: attributes #[[DISABLED]] = { disable_sanitizer_instrumentation }
; MARK: attributes #[[ORDINARY]] = { {{.*}}sanitize_thread{{.*}}"baton-instrumented"
