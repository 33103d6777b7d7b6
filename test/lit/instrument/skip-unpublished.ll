; SPDX-License-Identifier: Apache-2.0
; Stack objects and fresh heap blocks of which no other goroutine can learn are left alone, also where their address goes
; through calls of the module, or is held by the object itself. What is published at any time is checked at all times.
; RUN: %opt -load-pass-plugin=%pass_so -passes='baton-race<eliminate>' -baton-verify -S %s | FileCheck %s
; RUN: %opt -load-pass-plugin=%pass_so -passes='baton-race<eliminate>' -baton-publication=false -S %s \
; RUN:   | FileCheck --check-prefix=OFF %s
; RUN: %opt -load-pass-plugin=%pass_so -passes='baton-race' -S %s | FileCheck --check-prefix=OFF %s
; OFF-LABEL: define i32 @to_a_reader(
; OFF: call void @__baton_write4(ptr %x,

@global = global ptr null

declare void @unknown(ptr)
declare void @looks(ptr nocapture)
declare noalias ptr @_Znwm(i64)
declare void @_ZdlPv(ptr)
declare noalias ptr @malloc(i64)
declare noalias ptr @realloc(ptr nocapture, i64)
declare noalias ptr @memchr(ptr, i32, i64)
declare nonnull align 8 dereferenceable(32) ptr @_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE9_M_appendEPKcm(ptr, ptr, i64)
declare ptr @_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE9_M_createERmm(ptr, ptr, i64)

define linkonce_odr i32 @reads(ptr %p) noinline {
  %a = load i32, ptr %p
  ret i32 %a
}

define internal void @passes_on(ptr %p) noinline {
  %a = call i32 @reads(ptr %p)
  ret void
}

define internal void @publishes(ptr %p) noinline {
  store ptr %p, ptr @global
  ret void
}

define internal ptr @returns(ptr %p) noinline {
  %q = getelementptr i8, ptr %p, i64 4
  ret ptr %q
}

define internal void @recursive(ptr %p, i1 %c) noinline {
  br i1 %c, label %again, label %end
again:
  call void @recursive(ptr %p, i1 false)
  br label %end
end:
  ret void
}

define weak void @replaceable(ptr %p) noinline {
  ret void
}

define internal void @holds_itself(ptr %p) noinline {
  %buffer = getelementptr i8, ptr %p, i64 16
  store ptr %buffer, ptr %p
  ret void
}

define internal void @publishes_what_it_holds(ptr %p) noinline {
  %held = load ptr, ptr %p
  store ptr %held, ptr @global
  ret void
}

define i32 @to_a_reader() {
; CHECK-LABEL: define i32 @to_a_reader(
; CHECK-NOT: __baton_{{read|write}}
; CHECK: ret i32
  %x = alloca i32
  store i32 1, ptr %x
  call void @passes_on(ptr %x)
  %a = load i32, ptr %x
  ret i32 %a
}

define i32 @to_a_publisher() {
; CHECK-LABEL: define i32 @to_a_publisher(
; CHECK: call void @__baton_write4(ptr %x,
; CHECK: ret i32
  %x = alloca i32
  store i32 1, ptr %x
  call void @publishes(ptr %x)
  %a = load i32, ptr %x
  ret i32 %a
}

define i32 @to_a_recursion() {
; CHECK-LABEL: define i32 @to_a_recursion(
; CHECK: call void @__baton_write4(ptr %x,
; CHECK: ret i32
  %x = alloca i32
  store i32 1, ptr %x
  call void @recursive(ptr %x, i1 true)
  %a = load i32, ptr %x
  ret i32 %a
}

define i32 @to_what_is_replaceable() {
; CHECK-LABEL: define i32 @to_what_is_replaceable(
; CHECK: call void @__baton_write4(ptr %x,
; CHECK: ret i32
  %x = alloca i32
  store i32 1, ptr %x
  call void @replaceable(ptr %x)
  %a = load i32, ptr %x
  ret i32 %a
}

define i32 @came_back_unused() {
; CHECK-LABEL: define i32 @came_back_unused(
; CHECK-NOT: __baton_{{read|write}}
; CHECK: ret i32
  %x = alloca i64
  store i32 1, ptr %x
  %y = call ptr @returns(ptr %x)
  %a = load i32, ptr %x
  ret i32 %a
}

define i32 @came_back_and_published() {
; CHECK-LABEL: define i32 @came_back_and_published(
; CHECK: call void @__baton_write4(ptr %x,
; CHECK: ret i32
  %x = alloca i64
  store i32 1, ptr %x
  %y = call ptr @returns(ptr %x)
  store ptr %y, ptr @global
  ret i32 0
}

; Before it is published, too: another goroutine may get it by a relaxed load, and nothing is ordered.
define void @published_later(ptr %to) {
; CHECK-LABEL: define void @published_later(
; CHECK: call void @__baton_write4(ptr %block,
; CHECK: ret void
  %block = call noalias ptr @_Znwm(i64 4)
  store i32 1, ptr %block
  store atomic ptr %block, ptr %to monotonic, align 8
  ret void
}

define i32 @own_block(i1 %c) {
; CHECK-LABEL: define i32 @own_block(
; CHECK-NOT: __baton_{{read|write}}
; CHECK: ret i32
  br i1 %c, label %make, label %use
make:
  %block = call noalias ptr @_Znwm(i64 4)
  store i32 1, ptr %block
  br label %use
use:
  %p = phi ptr [ null, %0 ], [ %block, %make ]
  %a = load i32, ptr %p
  call void @_ZdlPv(ptr %p)
  ret i32 %a
}

; The memory may be another's.
define i32 @own_block_after_free() {
; CHECK-LABEL: define i32 @own_block_after_free(
; CHECK-NOT: __baton_write
; CHECK: call void @_ZdlPv(
; CHECK: call void @__baton_read4(ptr %block,
  %block = call noalias ptr @_Znwm(i64 4)
  store i32 1, ptr %block
  call void @_ZdlPv(ptr %block)
  %a = load i32, ptr %block
  ret i32 %a
}

define i32 @own_block_after_realloc() {
; CHECK-LABEL: define i32 @own_block_after_realloc(
; CHECK-NOT: __baton_write
; CHECK: call ptr @realloc(
; CHECK: call void @__baton_read4(ptr %block,
  %block = call noalias ptr @malloc(i64 4)
  store i32 1, ptr %block
  %moved = call ptr @realloc(ptr nocapture %block, i64 8)
  %a = load i32, ptr %block
  ret i32 %a
}

; Each turn has a block of its own.
define void @own_blocks_of_turns(i1 %c) {
; CHECK-LABEL: define void @own_blocks_of_turns(
; CHECK-NOT: __baton_{{read|write}}
; CHECK: ret void
  br label %loop
loop:
  %block = call noalias ptr @_Znwm(i64 4)
  store i32 1, ptr %block
  call void @_ZdlPv(ptr %block)
  br i1 %c, label %loop, label %end
end:
  ret void
}

define i64 @into_itself() {
; CHECK-LABEL: define i64 @into_itself(
; CHECK-NOT: __baton_{{read|write}}
; CHECK: ret i64
  %x = alloca [32 x i8]
  call void @holds_itself(ptr %x)
  %length = getelementptr i8, ptr %x, i64 8
  store i64 7, ptr %length
  %held = load ptr, ptr %x
  call void @_ZdlPv(ptr %held)
  %n = load i64, ptr %length
  ret i64 %n
}

define i64 @into_itself_and_out() {
; CHECK-LABEL: define i64 @into_itself_and_out(
; CHECK: call void @__baton_write8(
; CHECK: ret i64
  %x = alloca [32 x i8]
  call void @holds_itself(ptr %x)
  %length = getelementptr i8, ptr %x, i64 8
  store i64 7, ptr %length
  %held = load ptr, ptr %x
  store ptr %held, ptr @global
  ret i64 0
}

define i64 @into_itself_and_out_by_a_call() {
; CHECK-LABEL: define i64 @into_itself_and_out_by_a_call(
; CHECK: call void @__baton_write16(ptr %x,
; CHECK: ret i64
  %x = alloca [32 x i8]
  %buffer = getelementptr i8, ptr %x, i64 16
  store ptr %buffer, ptr %x
  %length = getelementptr i8, ptr %x, i64 8
  store i64 7, ptr %length
  call void @publishes_what_it_holds(ptr %x)
  ret i64 0
}

; A function that keeps no copy of the address may keep one of what is there.
define i64 @into_itself_and_to_the_unknown() {
; CHECK-LABEL: define i64 @into_itself_and_to_the_unknown(
; CHECK: call void @__baton_write8(
; CHECK: ret i64
  %x = alloca [32 x i8]
  %buffer = getelementptr i8, ptr %x, i64 16
  store ptr %buffer, ptr %x
  call void @looks(ptr %x)
  ret i64 0
}

define void @into_itself_and_copied(ptr %to) {
; CHECK-LABEL: define void @into_itself_and_copied(
; CHECK: call void @__baton_write8(ptr %x,
; CHECK: ret void
  %x = alloca [32 x i8]
  %buffer = getelementptr i8, ptr %x, i64 16
  store ptr %buffer, ptr %x
  call void @llvm.memcpy.p0.p0.i64(ptr %to, ptr %x, i64 32, i1 false)
  ret void
}

; The characters are not the address.
define void @into_itself_and_copied_in_part(ptr %to) {
; CHECK-LABEL: define void @into_itself_and_copied_in_part(
; CHECK-NOT: __baton_write8
; CHECK: ret void
  %x = alloca [32 x i8]
  %buffer = getelementptr i8, ptr %x, i64 16
  store ptr %buffer, ptr %x
  call void @llvm.memcpy.p0.p0.i64(ptr %to, ptr %buffer, i64 16, i1 false)
  ret void
}

define void @string(ptr %from) {
; CHECK-LABEL: define void @string(
; CHECK-NOT: __baton_write8
; CHECK: ret void
  %x = alloca [32 x i8]
  %buffer = getelementptr i8, ptr %x, i64 16
  store ptr %buffer, ptr %x
  %length = getelementptr i8, ptr %x, i64 8
  store i64 0, ptr %length
  %same = call nonnull align 8 dereferenceable(32) ptr @_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE9_M_appendEPKcm(ptr %x, ptr %from, i64 3)
  %data = load ptr, ptr %same
  %owned = icmp ne ptr %data, %buffer
  br i1 %owned, label %free, label %end
free:
  call void @_ZdlPv(ptr %data)
  br label %end
end:
  ret void
}

define void @string_published(ptr %from) {
; CHECK-LABEL: define void @string_published(
; CHECK: call void @__baton_write8(ptr %x,
; CHECK: ret void
  %x = alloca [32 x i8]
  %buffer = getelementptr i8, ptr %x, i64 16
  store ptr %buffer, ptr %x
  %same = call nonnull align 8 dereferenceable(32) ptr @_ZNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEE9_M_appendEPKcm(ptr %x, ptr %from, i64 3)
  call void @unknown(ptr %same)
  ret void
}

declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
