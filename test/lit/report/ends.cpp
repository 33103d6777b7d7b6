// However the process ends, the races found are counted, and status 66 replaces only 0. A process that is killed by a
// signal still is.
// RUN: %baton_cxx -race -O1 %s -o %t
// RUN: for how in return exit0 _exit0 _Exit0 quick_exit0; do \
// RUN:   GORACE=plain=1 %exits 66 %t $how 2>&1 | FileCheck %s || exit 1; \
// RUN:   GORACE="plain=1 exitcode=7" %exits 7 %t $how 2>&1 | FileCheck %s || exit 1; done
// RUN: for how in exit3 _exit3 quick_exit3; do GORACE=plain=1 %exits 3 %t $how 2>&1 | FileCheck %s || exit 1; done
// RUN: GORACE=plain=1 %exits 2 %t exception 2>&1 | FileCheck %s --check-prefixes=CHECK,EXCEPTION
// RUN: GORACE=plain=1 %exits 2 %t panic 2>&1 | FileCheck %s
// RUN: GORACE=plain=1 %exits 2 %t deadlock 2>&1 | FileCheck %s
// RUN: GORACE=plain=1 %exits 134 %t abort 2>&1 | FileCheck %s
// RUN: GORACE=plain=1 %exits 143 %t SIGTERM 2>&1 | FileCheck %s
// RUN: GORACE=plain=1 %exits 130 env --default-signal=INT %t SIGINT 2>&1 | FileCheck %s
// RUN: GORACE=plain=1 %exits 135 %t SIGBUS 2>&1 | FileCheck %s
// RUN: GORACE=plain=1 %exits 136 %t SIGFPE 2>&1 | FileCheck %s
// RUN: GORACE=plain=1 %exits 139 %t SIGSEGV 2>&1 | FileCheck %s
// RUN: GORACE=plain=1 %exits 132 %t trap 2>&1 | FileCheck %s
// RUN: GORACE=plain=1 %exits 2 %t nil 2>&1 | FileCheck %s
// RUN: rm -f %t.kill.* && GORACE="plain=1 log_path=%t.kill" %exits 137 %t SIGKILL
// RUN: cat %t.kill.* | FileCheck %s --check-prefix=KILLED
// RUN: rm -f %t.json.* && GORACE="report_format=json log_path=%t.json" %exits 143 %t SIGTERM
// RUN: cat %t.json.* | FileCheck %s --check-prefix=JSON
// RUN: GORACE=plain=1 %exits 9 %t handled 2>&1 | FileCheck %s
// RUN: GORACE="plain=1 halt_on_error=1" %exits 66 %t exit3 2>&1 | FileCheck %s --check-prefix=HALT
#include <signal.h>
#include <unistd.h>

#include <baton/baton.hpp>
#include <cstdlib>
#include <stdexcept>
#include <string>
using namespace baton;

int shared;

int main(int, char** argv) {
  gomaxprocs(1);  // the goroutine has run when gosched returns
  const std::string how = argv[1];
  go([] { shared = 1; });
  gosched();
  shared = 2;
  if (how == "exit0") std::exit(0);
  if (how == "exit3") std::exit(3);
  if (how == "_exit0") _exit(0);
  if (how == "_Exit0") std::_Exit(0);
  if (how == "_exit3") _exit(3);
  if (how == "quick_exit0") std::quick_exit(0);
  if (how == "quick_exit3") std::quick_exit(3);
  if (how == "exception") throw std::runtime_error("late");
  if (how == "panic") panic("after a race");
  if (how == "deadlock") make_chan<int>().recv();
  if (how == "trap") __builtin_trap();
  if (how == "nil") *static_cast<volatile int*>(nullptr) = 1;
  if (how == "abort") std::abort();
  if (how == "handled") signal(SIGTERM, [](int) { _exit(9); });
  if (how == "SIGTERM" || how == "handled") kill(getpid(), SIGTERM);
  if (how == "SIGINT") kill(getpid(), SIGINT);
  if (how == "SIGBUS") kill(getpid(), SIGBUS);
  if (how == "SIGFPE") kill(getpid(), SIGFPE);
  if (how == "SIGSEGV") kill(getpid(), SIGSEGV);
  if (how == "SIGKILL") kill(getpid(), SIGKILL);
  if (how != "return") pause();
}
// CHECK: WARNING: DATA RACE
// CHECK: Found 1 data race(s)
// EXCEPTION: panic: {{.*}}late
// KILLED: WARNING: DATA RACE
// KILLED: ==================
// JSON: "type":"race"
// JSON: "type":"summary"{{.*}}"races":1,{{.*}}"status":143}
// HALT: WARNING: DATA RACE
// HALT-NOT: Found
