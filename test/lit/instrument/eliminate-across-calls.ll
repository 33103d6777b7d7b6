; SPDX-License-Identifier: Apache-2.0
; A call of a function of the module does what its body does; what cannot be known does everything.
; RUN: %opt -load-pass-plugin=%pass_so -passes='baton-race<eliminate>' -baton-read-before-write=false -baton-verify -S %s \
; RUN:   | FileCheck --check-prefix=REPEATED %s
; RUN: %opt -load-pass-plugin=%pass_so -passes='baton-race<eliminate>' -baton-availability=false -baton-verify -S %s \
; RUN:   | FileCheck --check-prefix=LATER %s

declare void @unknown()

define internal void @plain(ptr %q) noinline nounwind {
  store i32 1, ptr %q
  ret void
}

define internal void @calls_plain(ptr %q) noinline nounwind {
  call void @plain(ptr %q)
  ret void
}

define internal void @releases(ptr %q) noinline nounwind {
  store atomic i32 1, ptr %q release, align 4
  ret void
}

define internal void @acquires(ptr %q) noinline nounwind {
  %a = load atomic i32, ptr %q acquire, align 4
  ret void
}

define internal void @calls_releases(ptr %q) noinline nounwind {
  call void @releases(ptr %q)
  ret void
}

define internal void @calls_unknown(ptr %q) noinline nounwind {
  call void @unknown()
  ret void
}

define weak void @replaceable(ptr %q) noinline nounwind {
  ret void
}

define internal void @even(i32 %n) noinline nounwind {
  %zero = icmp eq i32 %n, 0
  br i1 %zero, label %end, label %more
more:
  %m = sub i32 %n, 1
  call void @odd(i32 %m)
  br label %end
end:
  ret void
}

define internal void @odd(i32 %n) noinline nounwind {
  %m = sub i32 %n, 1
  call void @even(i32 %m)
  ret void
}

define internal void @loops(ptr %q) noinline nounwind {
  br label %loop
loop:
  %a = load volatile i32, ptr %q
  %more = icmp eq i32 %a, 0
  br i1 %more, label %loop, label %end
end:
  ret void
}

define void @past_plain(ptr %p, ptr %q) {
; REPEATED-LABEL: define void @past_plain(
; LATER-LABEL: define void @past_plain(
; REPEATED: call void @__baton_write4(ptr %p,
; REPEATED-NOT: __baton_write
; LATER-NOT: __baton_write
; LATER: store i32 1
; LATER: call void @__baton_write4(ptr %p,
; REPEATED: ret void
; LATER: ret void
  store i32 1, ptr %p
  call void @calls_plain(ptr %q)
  store i32 2, ptr %p
  ret void
}

define void @past_releases(ptr %p, ptr %q) {
; REPEATED-LABEL: define void @past_releases(
; LATER-LABEL: define void @past_releases(
; REPEATED-COUNT-2: call void @__baton_write4(ptr %p,
; LATER-NOT: __baton_write
; LATER: store i32 1
; LATER: call void @__baton_write4(ptr %p,
; REPEATED: ret void
; LATER: ret void
  store i32 1, ptr %p
  call void @calls_releases(ptr %q)
  store i32 2, ptr %p
  ret void
}

define void @past_acquires(ptr %p, ptr %q) {
; REPEATED-LABEL: define void @past_acquires(
; LATER-LABEL: define void @past_acquires(
; REPEATED: call void @__baton_write4(ptr %p,
; REPEATED-NOT: __baton_write
; LATER-COUNT-2: call void @__baton_write4(ptr %p,
; REPEATED: ret void
; LATER: ret void
  store i32 1, ptr %p
  call void @acquires(ptr %q)
  store i32 2, ptr %p
  ret void
}

define void @past_unknown(ptr %p, ptr %q) {
; REPEATED-LABEL: define void @past_unknown(
; LATER-LABEL: define void @past_unknown(
; REPEATED-COUNT-2: call void @__baton_write4(ptr %p,
; LATER-COUNT-2: call void @__baton_write4(ptr %p,
; REPEATED: ret void
; LATER: ret void
  store i32 1, ptr %p
  call void @calls_unknown(ptr %q)
  store i32 2, ptr %p
  ret void
}

define void @past_replaceable(ptr %p, ptr %q) {
; REPEATED-LABEL: define void @past_replaceable(
; LATER-LABEL: define void @past_replaceable(
; REPEATED-COUNT-2: call void @__baton_write4(ptr %p,
; LATER-COUNT-2: call void @__baton_write4(ptr %p,
; REPEATED: ret void
; LATER: ret void
  store i32 1, ptr %p
  call void @replaceable(ptr %q)
  store i32 2, ptr %p
  ret void
}

define void @past_a_pointer(ptr %p, ptr %q) {
; REPEATED-LABEL: define void @past_a_pointer(
; LATER-LABEL: define void @past_a_pointer(
; REPEATED-COUNT-2: call void @__baton_write4(ptr %p,
; LATER-COUNT-2: call void @__baton_write4(ptr %p,
; REPEATED: ret void
; LATER: ret void
  store i32 1, ptr %p
  call void %q()
  store i32 2, ptr %p
  ret void
}

; These order nothing, but need not end.
define void @past_a_recursion(ptr %p, ptr %q) {
; REPEATED-LABEL: define void @past_a_recursion(
; LATER-LABEL: define void @past_a_recursion(
; REPEATED: call void @__baton_write4(ptr %p,
; REPEATED-NOT: __baton_write
; LATER-COUNT-2: call void @__baton_write4(ptr %p,
; REPEATED: ret void
; LATER: ret void
  store i32 1, ptr %p
  call void @even(i32 9)
  store i32 2, ptr %p
  ret void
}

define void @past_a_loop(ptr %p, ptr %q) {
; REPEATED-LABEL: define void @past_a_loop(
; LATER-LABEL: define void @past_a_loop(
; REPEATED: call void @__baton_write4(ptr %p,
; REPEATED-NOT: __baton_write
; LATER-COUNT-2: call void @__baton_write4(ptr %p,
; REPEATED: ret void
; LATER: ret void
  store i32 1, ptr %p
  call void @loops(ptr %q)
  store i32 2, ptr %p
  ret void
}

; The parts of the C++ library that order nothing, by their names. A function that frees memory is not among them.
declare i64 @_ZSt11_Hash_bytesPKvmm(ptr, i64, i64) nounwind
declare ptr @_ZSt18_Rb_tree_incrementPSt18_Rb_tree_node_base(ptr) nounwind
declare i32 @_ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE7compareEPKc(ptr, ptr)
declare void @_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE7reserveEm(ptr, i64) nounwind

define void @past_the_library(ptr %p, ptr %q) {
; REPEATED-LABEL: define void @past_the_library(
; LATER-LABEL: define void @past_the_library(
; REPEATED: call void @__baton_write4(ptr %p,
; REPEATED-NOT: __baton_write
; LATER-NOT: __baton_write
; LATER: store i32 1
; LATER: call void @__baton_write4(ptr %p,
; REPEATED: ret void
; LATER: ret void
  store i32 1, ptr %p
  %a = call i64 @_ZSt11_Hash_bytesPKvmm(ptr %q, i64 8, i64 1)
  %b = call ptr @_ZSt18_Rb_tree_incrementPSt18_Rb_tree_node_base(ptr %q)
  store i32 2, ptr %p
  ret void
}

define void @past_what_may_throw(ptr %p, ptr %q) {
; REPEATED-LABEL: define void @past_what_may_throw(
; LATER-LABEL: define void @past_what_may_throw(
; REPEATED: call void @__baton_write4(ptr %p,
; REPEATED-NOT: __baton_write
; LATER-COUNT-2: call void @__baton_write4(ptr %p,
; REPEATED: ret void
; LATER: ret void
  store i32 1, ptr %p
  %a = call i32 @_ZNKSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE7compareEPKc(ptr %q, ptr %q)
  store i32 2, ptr %p
  ret void
}

define void @past_what_frees(ptr %p, ptr %q) {
; REPEATED-LABEL: define void @past_what_frees(
; LATER-LABEL: define void @past_what_frees(
; REPEATED-COUNT-2: call void @__baton_write4(ptr %p,
; LATER-COUNT-2: call void @__baton_write4(ptr %p,
; REPEATED: ret void
; LATER: ret void
  store i32 1, ptr %p
  call void @_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE7reserveEm(ptr %q, i64 99)
  store i32 2, ptr %p
  ret void
}
