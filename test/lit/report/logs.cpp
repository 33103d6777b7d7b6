// Where reports go: one file per process, also of two processes with one log_path and of a child of fork; to stderr,
// with a line that says why, if the file cannot be written. A clean run leaves no file.
// RUN: %baton_cxx -race -O1 %s -o %t
// RUN: rm -rf %t.d && mkdir %t.d
// RUN: GORACE="plain=1 log_path=%t.d/clean" %exits 0 %t clean && ls %t.d | count 0
// RUN: GORACE="plain=1 log_path=%t.d/two" %exits 66 %t race & \
// RUN:   GORACE="plain=1 log_path=%t.d/two" %exits 66 %t race; first=$?; wait $! && [ $first = 0 ]
// RUN: ls %t.d/two.* | count 2
// RUN: for log in %t.d/two.*; do FileCheck %s < $log || exit 1; done
// RUN: GORACE="plain=1 log_path=%t.d/fork" %exits 66 %t fork > %t.out
// RUN: ls %t.d/fork.* | count 2
// RUN: for log in %t.d/fork.*; do FileCheck %s < $log || exit 1; done
// RUN: FileCheck %s --check-prefix=CHILD < %t.out
// RUN: GORACE="plain=1 log_path=%t.d/none/x" %exits 66 %t race 2>&1 | FileCheck %s --check-prefixes=UNWRITABLE,CHECK
// RUN: GORACE="plain=1 log_path=stdout" %exits 66 %t race 2> %t.err | FileCheck %s
// RUN: count 0 < %t.err
// RUN: GORACE="strip_path_prefix=%S/" %exits 66 %t race 2> %t.err && FileCheck %s --check-prefix=STRIPPED < %t.err
// RUN: not grep %S/logs.cpp %t.err
// RUN: GORACE="report_format=json strip_path_prefix=%S/" %exits 66 %t race 2>&1 | not grep %S/logs.cpp
// What a suppression did not match is the parent's to tell.
// RUN: echo 'race:gone' > %t.supp
// RUN: GORACE="plain=1 suppressions=%t.supp" %exits 66 %t fork 2>&1 | grep -c 'matched no race' | grep -x 1
#include <sys/wait.h>
#include <unistd.h>

#include <baton/baton.hpp>
#include <cstdio>
#include <string>
using namespace baton;

int shared;

void race_on_it() {
  go([] { shared = 1; });
  gosched();
  shared = 2;
}

int main(int, char** argv) {
  const std::string how = argv[1];
  gomaxprocs(1);  // the goroutine has run when gosched returns
  if (how != "clean") race_on_it();
  if (how != "fork") return 0;
  const pid_t child = fork();
  if (child == 0) {
    shared = 3;
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  std::printf("child: %d\n", WEXITSTATUS(status));
}
// UNWRITABLE: baton: GORACE: log_path={{.*}}none/x: cannot write {{.*}}: No such file or directory;
// CHECK: WARNING: DATA RACE
// CHECK: Found 1 data race(s)
// CHECK-NOT: {{.}}
// CHILD: child: 66
// STRIPPED: {{^}}      logs.cpp:
