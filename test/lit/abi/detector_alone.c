// SPDX-License-Identifier: Apache-2.0
//
// The detector works without our pass and our runtime: a C program plays both, through the two headers.
// RUN: %clangxx -x c -std=c11 -g -O1 -fno-omit-frame-pointer -I%root/detector/include %s -x none -L%prefix/lib/baton \
// RUN:   -lbaton_detector -lbaton_symbolize -lbacktrace -o %t && %exits 66 env GORACE=plain=1 %t 2>&1 | FileCheck %s
#include <baton/race_abi.h>
#include <baton/race_hooks.h>
#include <stdlib.h>

int global;
long lock;

__attribute__((noinline)) static void write_global(uint64_t ctx) {
  __baton_write4(&global, ctx);
  global++;
}

__attribute__((noinline)) static baton_task* create(uint64_t id) {
  baton_task* task = __baton_task_create(id, __builtin_return_address(0));
  __asm__ volatile("" : "+r"(task));
  return task;
}

int main(void) {
  baton_task* main_task = __baton_race_start();
  baton_task* first = create(2);
  baton_task* second = create(3);

  __baton_task_switch(first);
  __baton_acquire(&lock);
  write_global(1);
  __baton_release(&lock);

  // Ordered by the lock: no report.
  __baton_task_switch(second);
  __baton_acquire(&lock);
  write_global(4);
  __baton_release(&lock);

  // Ordered with neither.
  __baton_task_switch(main_task);
  write_global(2);

  // A block used by one task and freed by another.
  __baton_task_switch(first);
  int* block = malloc(sizeof(int) * 12);
  __baton_write4(block + 2, 3);
  __baton_task_switch(main_task);
  free(block);
  return __baton_race_finish(0);
}
// CHECK: ==================
// CHECK-NEXT: WARNING: DATA RACE
// CHECK-NEXT: Write at 0x[[GLOBAL:[0-9a-f]+]] by main goroutine:
// CHECK-NEXT:   write_global()
// CHECK-NEXT:       {{.*}}detector_alone.c:14 +0x
// CHECK-NEXT:   main()
// CHECK-NEXT:       {{.*}}detector_alone.c:42 +0x
// CHECK-EMPTY:
// CHECK-NEXT: Previous write at 0x[[GLOBAL]] by goroutine 3:
// CHECK-NEXT:   write_global()
// CHECK-NEXT:       {{.*}}detector_alone.c:14 +0x
// CHECK-NEXT:   main()
// CHECK-NEXT:       {{.*}}detector_alone.c:37 +0x
// CHECK-EMPTY:
// CHECK-NEXT: Global var global of size 4 at 0x[[GLOBAL]] declared at {{.*}}detector_alone.c:10
// CHECK-EMPTY:
// CHECK-NEXT: Goroutine 3 (running) created at:
// CHECK-NEXT:   main()
// CHECK-NEXT:       {{.*}}detector_alone.c:27 +0x
// CHECK-NEXT: ==================
// CHECK-NEXT: ==================
// CHECK-NEXT: WARNING: DATA RACE
// CHECK-NEXT: Write at 0x[[BLOCK:[0-9a-f]+]] by main goroutine:
// CHECK-NEXT:   main()
// CHECK-NEXT:       {{.*}}detector_alone.c:49 +0x
// CHECK-EMPTY:
// CHECK-NEXT: Previous write at 0x{{[0-9a-f]+}} by goroutine 2:
// CHECK-NEXT:   main()
// CHECK-NEXT:       {{.*}}detector_alone.c:47 +0x
// CHECK-EMPTY:
// CHECK-NEXT: Heap block of size 48 at 0x[[BLOCK]] allocated by goroutine 2:
// CHECK-NEXT:   main()
// CHECK-NEXT:       {{.*}}detector_alone.c:46 +0x
// CHECK-EMPTY:
// CHECK-NEXT: Goroutine 2 (running) created at:
// CHECK-NEXT:   main()
// CHECK-NEXT:       {{.*}}detector_alone.c:26 +0x
// CHECK-NEXT: ==================
// CHECK-NEXT: Found 2 data race(s)
