; SPDX-License-Identifier: Apache-2.0
; Last in the pipeline, a function that can neither switch nor be inlined any more gets the plain address back.
; RUN: %opt -load-pass-plugin=%pass_so -passes='baton-thread-local,baton-thread-local-leaf' -baton-verify -S %s | FileCheck %s
; RUN: sed 's/^; LTO //' %s | %opt -load-pass-plugin=%pass_so -passes='baton-thread-local,baton-thread-local-leaf' -S | FileCheck --check-prefix=LTO %s
; LTO !llvm.module.flags = !{!0}
; LTO !0 = !{i32 1, !"EnableSplitLTOUnit", i32 0}

@x = thread_local global i32 0
@only_in_leaf = thread_local global i32 0
declare void @__baton_preempt()
declare ptr @llvm.threadlocal.address.p0(ptr)
declare void @yield()

define void @leaf() {
; CHECK-LABEL: define void @leaf(
; CHECK-NEXT: call ptr @llvm.threadlocal.address.p0(ptr @x)
; LTO-LABEL: define void @leaf(
; LTO-NEXT: @__baton_tls.x()
  %p = call ptr @llvm.threadlocal.address.p0(ptr @x)
  store i32 1, ptr %p
  %q = call ptr @llvm.threadlocal.address.p0(ptr @only_in_leaf)
  store i32 1, ptr %q
  ret void
}

define void @calls() {
; CHECK-LABEL: define void @calls(
; CHECK-NEXT: @__baton_tls.x()
  %p = call ptr @llvm.threadlocal.address.p0(ptr @x)
  store i32 1, ptr %p
  call void @yield()
  ret void
}

; A poll may switch.
define void @polls(i1 %c) {
; CHECK-LABEL: define void @polls(
; CHECK: @__baton_tls.x()
  %p = call ptr @llvm.threadlocal.address.p0(ptr @x)
  store i32 1, ptr %p
  br i1 %c, label %poll, label %done
poll:
  call preserve_allcc void @__baton_preempt()
  br label %done
done:
  ret void
}

; A loop without poll is one that ends soon.
define void @loops(i1 %c) {
; CHECK-LABEL: define void @loops(
; CHECK-NOT: @__baton_tls.x()
; CHECK: ret void
entry:
  br label %again
again:
  %p = call ptr @llvm.threadlocal.address.p0(ptr @x)
  store i32 1, ptr %p
  br i1 %c, label %again, label %done
done:
  ret void
}

; CHECK: define internal {{.*}} @__baton_tls.x()
; CHECK-NOT: @__baton_tls.only_in_leaf
