; SPDX-License-Identifier: Apache-2.0
; Direct accesses of thread-local variables and of errno belong to the thread. Through a pointer they are checked.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

@t = thread_local global i32 0
@g = global i32 0
declare ptr @llvm.threadlocal.address.p0(ptr)
declare ptr @__errno_location()
declare ptr @_ZTW1u()
define internal ptr @__baton_tls.t() {
  %p = call ptr @llvm.threadlocal.address.p0(ptr @t)
  ret ptr %p
}

define void @direct() {
; CHECK-LABEL: define void @direct(
; CHECK-NOT: @__baton_{{read|write}}
; CHECK: ret void
  store i32 1, ptr @t
  %p = call ptr @llvm.threadlocal.address.p0(ptr @t)
  store i32 2, ptr %p
  %q = call ptr @__baton_tls.t()
  store i32 3, ptr %q
  %e = call ptr @__errno_location()
  store i32 4, ptr %e
  %u = call ptr @_ZTW1u()
  store i32 5, ptr %u
  ret void
}

define void @indirect(ptr %p) {
; CHECK-LABEL: define void @indirect(
; CHECK: call void @__baton_write4(ptr %p,
; CHECK: call void @__baton_write4(ptr @g,
  store i32 1, ptr %p
  store i32 1, ptr @g
  ret void
}
