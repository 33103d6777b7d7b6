; SPDX-License-Identifier: Apache-2.0
; The address of a thread-local variable is taken by a call that is neither inlined nor merged across a call, in every
; build. Where taking the address is cheap, the call spares its caller's registers.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-thread-local -baton-verify -S %s | FileCheck --check-prefixes=CHECK,FIXED %s
; RUN: sed 's/^; PIC //' %s | %opt -load-pass-plugin=%pass_so -passes=baton-thread-local -S | FileCheck --check-prefixes=CHECK,DYNAMIC %s
; RUN: %opt -load-pass-plugin=%pass_so -passes='default<O2>' -S %s | FileCheck --check-prefix=O2 %s
; PIC !llvm.module.flags = !{!0}
; PIC !0 = !{i32 8, !"PIC Level", i32 2}

@x = thread_local global i32 0
declare ptr @llvm.threadlocal.address.p0(ptr)
declare void @yield()

define void @f() {
; CHECK-LABEL: define void @f(
; FIXED-NEXT: [[P:%.*]] = call preserve_mostcc ptr @__baton_tls.x()
; DYNAMIC-NEXT: [[P:%.*]] = call ptr @__baton_tls.x()
; CHECK-NEXT: store volatile i32 1, ptr [[P]]
; CHECK-NEXT: store volatile i32 2, ptr [[P]]
; CHECK-NEXT: call void @yield()
; CHECK-NEXT: [[Q:%.*]] = call {{.*}}@__baton_tls.x()
; CHECK-NEXT: store volatile i32 3, ptr [[Q]]
; O2-LABEL: define void @f(
; O2: call {{.*}}@__baton_tls.x()
; O2: call void @yield()
; O2: call {{.*}}@__baton_tls.x()
  %p = call ptr @llvm.threadlocal.address.p0(ptr @x)
  store volatile i32 1, ptr %p
  %q = call ptr @llvm.threadlocal.address.p0(ptr @x)
  store volatile i32 2, ptr %q
  call void @yield()
  %r = call ptr @llvm.threadlocal.address.p0(ptr @x)
  store volatile i32 3, ptr %r
  ret void
}

; Named directly, also in a constant expression and on the way into a block.
define ptr @direct(i1 %c) {
; CHECK-LABEL: define ptr @direct(
; CHECK: [[P:%.*]] = call {{.*}}@__baton_tls.x()
; CHECK-NEXT: getelementptr {{.*}} [[P]], i64 1
; CHECK-NEXT: br
; CHECK: phi ptr
; CHECK-NOT: @x
; CHECK: ret ptr
entry:
  br i1 %c, label %a, label %b
a:
  br label %b
b:
  %p = phi ptr [ getelementptr (i32, ptr @x, i64 1), %entry ], [ null, %a ]
  ret ptr %p
}

; What it is inlined into may switch.
define internal i32 @get() alwaysinline {
  %p = call ptr @llvm.threadlocal.address.p0(ptr @x)
  %a = load i32, ptr %p
  ret i32 %a
}
define i32 @inlined() {
; O2-LABEL: define i32 @inlined(
; O2: [[P:%.*]] = {{.*}}call {{.*}}@__baton_tls.x()
; O2-NEXT: load i32, ptr [[P]]
; O2: call void @yield()
; O2: [[Q:%.*]] = {{.*}}call {{.*}}@__baton_tls.x()
; O2-NEXT: load i32, ptr [[Q]]
  %a = call i32 @get()
  call void @yield()
  %b = call i32 @get()
  %c = add i32 %a, %b
  ret i32 %c
}

; FIXED: define internal preserve_mostcc nonnull ptr @__baton_tls.x() [[ACCESSOR:#[0-9]+]]
; DYNAMIC: define internal nonnull ptr @__baton_tls.x() [[ACCESSOR:#[0-9]+]]
; CHECK: attributes [[ACCESSOR]] = { noinline nounwind memory(inaccessiblemem: readwrite)
; O2: define internal {{.*}}ptr @__baton_tls.x() {{.*}}[[ACCESSOR:#[0-9]+]]
; O2: attributes [[ACCESSOR]] = { {{.*}}noinline {{.*}}memory(inaccessiblemem: readwrite)
