; SPDX-License-Identifier: Apache-2.0
; Fields are merged within one line of the program. Code of library headers counts as the line that it was inlined into,
; and a function of such a header as one line.
; RUN: %opt -load-pass-plugin=%pass_so -passes='baton-race<eliminate>' -baton-verify -S %s | FileCheck %s

define void @one_line(ptr align 16 %p) !dbg !4 {
; CHECK-LABEL: define void @one_line(
; CHECK: call void @__baton_write8(ptr %p,
; CHECK-NOT: __baton_write
; CHECK: ret void
  store i32 1, ptr %p, align 8, !dbg !10
  %q = getelementptr i8, ptr %p, i64 4
  store i32 2, ptr %q, align 4, !dbg !11
  ret void
}

define void @two_lines(ptr align 16 %p) !dbg !5 {
; CHECK-LABEL: define void @two_lines(
; CHECK: call void @__baton_write4(ptr %p,
; CHECK: call void @__baton_write4(ptr %q,
; CHECK: ret void
  store i32 1, ptr %p, align 8, !dbg !12
  %q = getelementptr i8, ptr %p, i64 4
  store i32 2, ptr %q, align 4, !dbg !13
  ret void
}

; Two lines of a library, inlined into one.
define void @library(ptr align 16 %p) !dbg !6 {
; CHECK-LABEL: define void @library(
; CHECK: call void @__baton_write8(ptr %p,
; CHECK-NOT: __baton_write
; CHECK: ret void
  store i32 1, ptr %p, align 8, !dbg !15
  %q = getelementptr i8, ptr %p, i64 4
  store i32 2, ptr %q, align 4, !dbg !16
  ret void
}

; One line of a library, inlined into two.
define void @library_twice(ptr align 16 %p) !dbg !7 {
; CHECK-LABEL: define void @library_twice(
; CHECK: call void @__baton_write4(ptr %p,
; CHECK: call void @__baton_write4(ptr %q,
; CHECK: ret void
  store i32 1, ptr %p, align 8, !dbg !19
  %q = getelementptr i8, ptr %p, i64 4
  store i32 2, ptr %q, align 4, !dbg !20
  ret void
}

define void @in_library(ptr align 16 %p) !dbg !8 {
; CHECK-LABEL: define void @in_library(
; CHECK: call void @__baton_write8(ptr %p,
; CHECK-NOT: __baton_write
; CHECK: ret void
  store i32 1, ptr %p, align 8, !dbg !21
  %q = getelementptr i8, ptr %p, i64 4
  store i32 2, ptr %q, align 4, !dbg !22
  ret void
}

!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_C_plus_plus_14, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "f.cpp", directory: "/")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = !DISubroutineType(types: !{null})
!4 = distinct !DISubprogram(name: "one_line", scope: !1, file: !1, line: 1, type: !3, spFlags: DISPFlagDefinition, unit: !0)
!5 = distinct !DISubprogram(name: "two_lines", scope: !1, file: !1, line: 1, type: !3, spFlags: DISPFlagDefinition, unit: !0)
!6 = distinct !DISubprogram(name: "library", scope: !1, file: !1, line: 1, type: !3, spFlags: DISPFlagDefinition, unit: !0)
!7 = distinct !DISubprogram(name: "library_twice", scope: !1, file: !1, line: 1, type: !3, spFlags: DISPFlagDefinition, unit: !0)
!8 = distinct !DISubprogram(name: "in_library", scope: !9, file: !9, line: 1, type: !3, spFlags: DISPFlagDefinition, unit: !0)
!9 = !DIFile(filename: "/usr/lib/gcc/x86_64-linux-gnu/12/../../../../include/c++/12/map", directory: "")
!10 = !DILocation(line: 2, column: 3, scope: !4)
!11 = !DILocation(line: 2, column: 9, scope: !4)
!12 = !DILocation(line: 2, column: 3, scope: !5)
!13 = !DILocation(line: 3, column: 3, scope: !5)
!14 = distinct !DILocation(line: 7, column: 3, scope: !6)
!15 = !DILocation(line: 20, column: 3, scope: !8, inlinedAt: !14)
!16 = !DILocation(line: 21, column: 3, scope: !8, inlinedAt: !14)
!17 = distinct !DILocation(line: 7, column: 3, scope: !7)
!18 = distinct !DILocation(line: 8, column: 3, scope: !7)
!19 = !DILocation(line: 20, column: 3, scope: !8, inlinedAt: !17)
!20 = !DILocation(line: 20, column: 3, scope: !8, inlinedAt: !18)
!21 = !DILocation(line: 20, column: 3, scope: !8)
!22 = !DILocation(line: 21, column: 3, scope: !8)
