; SPDX-License-Identifier: Apache-2.0
; What was true of a function before it called the detector and no longer is, is taken back: on the function, on its
; pointer parameters, and where it is called. What the C library's functions promise stays.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

declare i32 @pure(ptr nocapture readonly) memory(read) nounwind willreturn
declare double @sqrt(double) memory(none)

define i32 @load(ptr nocapture readonly %p) memory(argmem: read) nosync nofree nounwind willreturn {
; CHECK-LABEL: define i32 @load(ptr %p)
; CHECK-SAME: [[LOAD:#[0-9]+]]
  %a = load i32, ptr %p
  ret i32 %a
}

define i32 @caller(ptr %p, double %d) {
; CHECK-LABEL: define i32 @caller(
; CHECK: call i32 @load(ptr %p){{$}}
; CHECK: call i32 @pure(ptr %p){{$}}
; CHECK: call double @sqrt(double %d) [[NONE:#[0-9]+]]
  %a = call i32 @load(ptr nocapture readonly %p) memory(argmem: read) willreturn
  %b = call i32 @pure(ptr nocapture %p) memory(read)
  %c = call double @sqrt(double %d) memory(none)
  ret i32 %a
}

; CHECK-DAG: attributes [[LOAD]] = { nounwind "baton-instrumented" "disable-tail-calls"="true" "frame-pointer"="all" }
; CHECK-DAG: attributes [[NONE]] = { memory(none) }
