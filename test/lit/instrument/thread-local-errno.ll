; SPDX-License-Identifier: Apache-2.0
; errno's location, the thread's own id and its exceptions are asked for again after a call; without -baton-race.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-thread-local -S %s | FileCheck %s
; RUN: %opt -load-pass-plugin=%pass_so -passes='default<O3>' -S %s | FileCheck --check-prefix=O3 %s

; CHECK: declare ptr @__errno_location() [[DECLARED:#[0-9]+]]
; CHECK: declare i64 @pthread_self() [[DECLARED]]
; CHECK: declare ptr @__cxa_get_globals() [[DECLARED]]
; CHECK: declare ptr @__cxa_get_globals_fast() [[DECLARED]]
; CHECK: declare double @sin(double) [[CONST:#[0-9]+]]
declare ptr @__errno_location() nounwind willreturn memory(none)
declare i64 @pthread_self() nounwind willreturn memory(none)
declare ptr @__cxa_get_globals() nounwind willreturn memory(none)
declare ptr @__cxa_get_globals_fast() nounwind willreturn memory(none)
declare double @sin(double) memory(none)
declare void @yield()

define i32 @f(ptr %self) {
; CHECK: call ptr @__errno_location() [[DECLARED]]
; CHECK: call i64 @pthread_self() [[CALL:#[0-9]+]]
; O3-LABEL: define i32 @f(
; O3: call ptr @__errno_location()
; O3: call i64 @pthread_self()
; O3: call void @yield()
; O3: call ptr @__errno_location()
; O3: call i64 @pthread_self()
  %p = call ptr @__errno_location() nounwind willreturn memory(none)
  store i32 1, ptr %p
  %s = call i64 @pthread_self() memory(none)
  store i64 %s, ptr %self
  call void @yield()
  %q = call ptr @__errno_location() nounwind willreturn memory(none)
  %e = load i32, ptr %q
  %t = call i64 @pthread_self() memory(none)
  store i64 %t, ptr %self
  ret i32 %e
}

; CHECK-DAG: attributes [[DECLARED]] = { nounwind willreturn memory(inaccessiblemem: readwrite) }
; CHECK-DAG: attributes [[CONST]] = { memory(none) }
; CHECK-DAG: attributes [[CALL]] = { memory(inaccessiblemem: readwrite) }
