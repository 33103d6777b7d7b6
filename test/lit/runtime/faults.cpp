// SPDX-License-Identifier: Apache-2.0
//
// A fault ends the process with Go's text, the stack from the faulting line on, and exit status 2.
// RUN: %baton_cxx -O1 %s -o %t && %baton_cxx -O1 -race %s -o %t.race
// RUN: for program in %t %t.race; do for where in goroutine main elsewhere; do \
// RUN:   %exits 2 $program null $where 2>&1 | FileCheck --check-prefix=NULL %s || exit 1; \
// RUN:   %exits 2 $program wild $where 2>&1 | FileCheck --check-prefix=WILD %s || exit 1; \
// RUN:   %exits 2 $program divide $where 2>&1 | FileCheck --check-prefix=DIVIDE %s || exit 1; \
// RUN:   %exits 2 $program overflow $where 2>&1 | FileCheck --check-prefix=OVERFLOW %s || exit 1; done; done
// RUN: for program in %t %t.race; do \
// RUN:   %exits 2 $program leap goroutine 2>&1 | FileCheck --check-prefix=LEAP %s || exit 1; done
// RUN: %exits 139 %t killed goroutine
#include <csignal>
#include <string>

#include <baton/baton.hpp>
using namespace baton;

volatile int zero;
int sink;

[[gnu::noinline]] int load(const volatile int* p) { return *p; }

[[gnu::noinline]] int divide(int n) { return n / zero; }

[[gnu::noinline]] int descend(int n) {
  volatile char frame[200];
  frame[0] = static_cast<char>(n);
  return descend(n + 1) + frame[0];
}

// Frames larger than the guard do not step over it.
[[gnu::noinline]] int leap(int n) {
  char frame[100'000];
  asm volatile("" : : "r"(frame) : "memory");  // all of it is needed
  frame[0] = static_cast<char>(n);
  return n == 0 ? frame[0] : leap(n - 1) + frame[0];
}

void fail(const std::string& how) {
  if (how == "null") sink = load(nullptr);
  if (how == "wild") sink = load(reinterpret_cast<int*>(0x12345678000));
  if (how == "divide") sink = divide(1);
  if (how == "overflow") sink = descend(0);
  if (how == "leap") sink = leap(10);
  if (how == "killed") raise(SIGSEGV);
}

int main(int, char** argv) {
  if (argv[2] == std::string("main")) fail(argv[1]);
  if (argv[2] == std::string("elsewhere")) lock_os_thread();  // the goroutine runs on a thread that the runtime started
  WaitGroup wg;
  wg.go([=] { fail(argv[1]); });
  wg.wait();
}
// NULL: {{^}}panic: runtime error: invalid memory address or nil pointer dereference
// NULL-NEXT: [signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x{{[0-9a-f]+}}]
// NULL-EMPTY:
// NULL-NEXT: goroutine {{[12]}} [running]:
// NULL-NEXT: load(int const volatile*)
// NULL-NEXT: faults.cpp:22 +0x
// NULL-NEXT: fail(
// WILD: {{^}}unexpected fault address 0x12345678000
// WILD-NEXT: fatal error: fault
// WILD-NEXT: [signal SIGSEGV: segmentation violation code=0x1 addr=0x12345678000 pc=0x{{[0-9a-f]+}}]
// WILD-EMPTY:
// WILD-NEXT: goroutine {{[12]}} [running]:
// WILD-NEXT: load(int const volatile*)
// DIVIDE: {{^}}panic: runtime error: integer divide by zero
// DIVIDE-NEXT: [signal SIGFPE: floating-point exception code=0x1 addr=
// DIVIDE: divide(int)
// DIVIDE-NEXT: faults.cpp:24 +0x
// OVERFLOW: {{^}}runtime: goroutine stack exceeds {{[0-9]+}}-byte limit
// OVERFLOW-NEXT: fatal error: stack overflow
// OVERFLOW: goroutine {{[12]}} [running]:
// OVERFLOW-NEXT: descend(int)
// OVERFLOW: ...additional frames elided...
// OVERFLOW: fail(
// LEAP: {{^}}runtime: goroutine stack exceeds {{[0-9]+}}-byte limit
// LEAP: goroutine 2 [running]:
// LEAP-NEXT: leap(int)
