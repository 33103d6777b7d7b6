; SPDX-License-Identifier: Apache-2.0
; A check is at the line of its access; if that has none, at line 0 of the function, and the module stays valid.
; RUN: %opt -load-pass-plugin=%pass_so -passes=baton-race -baton-verify -S %s | FileCheck %s

define void @f(ptr %p) !dbg !4 {
; CHECK-LABEL: define void @f(
; CHECK: call void @__baton_write4(ptr %p, i64 %baton.context), !dbg [[LINE7:![0-9]+]]
; CHECK-NEXT: store i32 1, ptr %p, align 4, !dbg [[LINE7]]
; CHECK: call void @__baton_write4(ptr %p, i64 %baton.context), !dbg [[LINE0:![0-9]+]]
; CHECK-NEXT: store i32 2, ptr %p, align 4{{$}}
; CHECK: call ptr @__baton_atomic_begin({{.*}}), !dbg [[LINE8:![0-9]+]]
; CHECK: call void @__baton_atomic_end({{.*}}), !dbg [[LINE8]]
  store i32 1, ptr %p, !dbg !5
  store i32 2, ptr %p
  %a = atomicrmw add ptr %p, i32 1 seq_cst, !dbg !6
  ret void, !dbg !6
}

; CHECK: [[F:![0-9]+]] = distinct !DISubprogram(name: "f"
; CHECK: [[LINE7]] = !DILocation(line: 7, column: 3, scope: [[F]])
; CHECK: [[LINE0]] = !DILocation(line: 0, scope: [[F]])
; CHECK: [[LINE8]] = !DILocation(line: 8, column: 3, scope: [[F]])

!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_C99, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "f.c", directory: "/")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = !DISubroutineType(types: !{null})
!4 = distinct !DISubprogram(name: "f", scope: !1, file: !1, line: 6, type: !3, spFlags: DISPFlagDefinition, unit: !0)
!5 = !DILocation(line: 7, column: 3, scope: !4)
!6 = !DILocation(line: 8, column: 3, scope: !4)
