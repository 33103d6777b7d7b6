; SPDX-License-Identifier: Apache-2.0
; With -baton-race no pass of LLVM loads what the source does not: here, both sides of a choice.
; RUN: %opt -load-pass-plugin=%pass_so -passes='default<O2>' -S %s | FileCheck --check-prefix=OFF %s
; RUN: %opt -load-pass-plugin=%pass_so -baton-race -passes='default<O2>' -S %s | FileCheck %s
; OFF: load i32
; OFF: select i1

define i32 @f(i1 %c, ptr dereferenceable(4) align 4 %p) nofree nosync {
; CHECK: br i1 %c
; CHECK: call void @__baton_read4(ptr{{.*}} %p,
; CHECK-NEXT: load i32
  br i1 %c, label %read, label %done
read:
  %a = load i32, ptr %p
  br label %done
done:
  %r = phi i32 [ %a, %read ], [ 0, %0 ]
  ret i32 %r
}
