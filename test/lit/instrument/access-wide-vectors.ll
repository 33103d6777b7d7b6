; SPDX-License-Identifier: Apache-2.0
; Vectors of 32 and 64 bytes are one range each.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

define void @wide(ptr %p) {
; CHECK-LABEL: define void @wide(
; CHECK: call void @__baton_read_range(ptr %p, i64 32, i64 %baton.context)
; CHECK-NEXT: load <8 x float>
; CHECK: call void @__baton_write_range(ptr %p, i64 64, i64 %baton.context)
; CHECK-NEXT: store <16 x i32>
  %a = load <8 x float>, ptr %p
  store <16 x i32> zeroinitializer, ptr %p
  ret void
}
