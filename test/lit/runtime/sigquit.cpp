// SPDX-License-Identifier: Apache-2.0
//
// SIGQUIT ends the process with status 2 and every goroutine's stack: one that computes, one that waits, one in a
// system call; also when all sleep, when there is one thread only, and when main returns at once.
// RUN: %baton_cxx -O1 %s -o %t && %baton_cxx -O1 -race %s -o %t.race
// RUN: for p in 1 2 8; do for x in %t %t.race; do \
// RUN:   env GOMAXPROCS=$p %exits 2 $x some 2>&1 | FileCheck %s || exit 1; done; done
// RUN: %exits 2 %t idle 2>&1 | FileCheck --check-prefix=IDLE %s
// RUN: %exits 2 %t alone 2>&1 | FileCheck --check-prefix=ALONE %s
// RUN: for x in %t %t.race; do %repeat 10 %exits 2 $x return || exit 1; done
// RUN: %exits 2 %t return 2>&1 | FileCheck --check-prefix=ALONE %s
// RUN: GOTRACEBACK=none %exits 2 %t alone 2>&1 | FileCheck --check-prefix=NONE %s
#include <signal.h>
#include <unistd.h>
#include <baton/baton.hpp>

#include <atomic>
#include <cstdlib>
#include <cstring>
using namespace baton;
using namespace std::chrono_literals;

std::atomic<int> ready{0};

void waits(chan<int> c) {
  ready++;
  c.recv();
}

void in_system_call() {
  blocking([] {
    int ends[2];
    char c;
    if (::pipe(ends) != 0) std::abort();
    ready++;
    return ::read(ends[0], &c, 1);
  });
}

void computes() {
  ready++;
  for (volatile long i = 0;; i = i + 1) {
  }
}

int main(int, char** argv) {
  if (strcmp(argv[1], "alone") == 0) kill(getpid(), SIGQUIT);
  auto c = make_chan<int>();
  go(waits, c);
  if (strcmp(argv[1], "return") == 0) {
    while (ready < 1) gosched();
    return raise(SIGQUIT);
  }
  if (strcmp(argv[1], "idle") == 0) {
    go([] {
      // A process of its own, so that this one is idle when the signal comes.
      if (fork() == 0) execl("/bin/sh", "sh", "-c", "sleep 0.3; kill -QUIT $PPID", nullptr);
    });
    sleep(10s);
  }
  go(in_system_call);
  go(computes);
  while (ready < 3) gosched();
  kill(getpid(), SIGQUIT);
  for (;;) sleep(1s);
}
// CHECK: SIGQUIT: quit
// CHECK-NEXT: {{^PC=0x[0-9a-f]+ m=-?[0-9]+ sigcode=-?[0-9]+$}}
// CHECK-EMPTY:
// CHECK-DAG: {{^goroutine 1 \[[a-z]+\]:$}}
// CHECK-DAG: {{^goroutine 2 \[chan receive\]:$}}
// CHECK-DAG: {{^waits\(baton::chan<int>\)$}}
// CHECK-DAG: {{^goroutine 3 \[syscall\]:$}}
// CHECK-DAG: {{^goroutine 4 \[(running|runnable)\]:$}}

// IDLE: SIGQUIT: quit
// IDLE: goroutine 1 [sleep]:
// IDLE: goroutine 2 [chan receive]:

// ALONE: SIGQUIT: quit
// ALONE: goroutine 1 [running]:
// ALONE: {{^main\(}}

// NONE: SIGQUIT: quit
// NONE-NOT: goroutine
