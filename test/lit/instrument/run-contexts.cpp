// SPDX-License-Identifier: Apache-2.0
//
// However a function is left and entered again, the calling context is its own afterwards; the context tells two calls
// of a function apart and is the same for the same chain of calls.
// DEFINE: %{plugin} = -Xclang -load -Xclang %pass_so -fpass-plugin=%pass_so -mllvm -baton-race-inline=0
// DEFINE: %{build} = %clangxx -std=c++20 %{plugin} -mllvm -baton-race -mllvm -baton-verify %s %t.stub.o %t.polls.o
// RUN: %clangxx -O2 -c -x c %S/Inputs/poll_stub.c -o %t.polls.o
// RUN: %clangxx -O2 -c -I%root/detector/include/baton -x c %S/Inputs/abi_stub.c -o %t.stub.o
// RUN: %{build} -O0 -fPIC -o %t && %t
// RUN: %{build} -O1 -o %t && %t
// RUN: %{build} -O2 -fno-pic -no-pie -o %t && %t
// RUN: %{build} -O3 -fPIC -o %t && %t
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

extern "C" __thread uint64_t __baton_ctx __attribute__((tls_model("initial-exec")));

static int failures;
#define EXPECT(condition) ((condition) ? (void)0 : (void)(failures++, printf("line %d: %s\n", __LINE__, #condition)))

__attribute__((disable_sanitizer_instrumentation, noinline)) uint64_t context() { return __baton_ctx; }

static volatile int steps;
__attribute__((noinline)) void step() { steps++; }

struct Cleanup {
  ~Cleanup() { step(); }
};

__attribute__((noinline)) void throws(int depth) {
  Cleanup cleanup;
  step();
  if (depth == 0) throw 42;
  throws(depth - 1);
  step();
}

__attribute__((noinline)) void throws_again() {
  uint64_t mine = context();
  try {
    throws(3);
  } catch (...) {
    EXPECT(context() == mine);
    throw;
  }
}

static jmp_buf environment;
__attribute__((noinline)) void jumps(int depth) {
  step();
  if (depth == 0) longjmp(environment, 7);
  jumps(depth - 1);
  step();
}

__attribute__((noinline)) int tail(int depth) {
  step();
  if (depth == 0) return 0;
  [[clang::musttail]] return tail(depth - 1);
}

__attribute__((noinline)) uint64_t inner() {
  uint64_t seen = context();
  step();
  return seen;
}

int main() {
  uint64_t mine = context();
  EXPECT(mine != 0);
  try {
    throws_again();
  } catch (int) {
    EXPECT(context() == mine);
  }
  EXPECT(context() == mine);
  if (setjmp(environment) == 0) {
    jumps(5);
  } else {
    EXPECT(context() == mine);
  }
  tail(3);
  EXPECT(context() == mine);
  uint64_t seen[2];
  // Code generation copies a round that is smaller, and then there are two calls.
#pragma clang loop unroll(disable)
  for (uint64_t& each : seen) {
    each = inner();
    step();
    step();
    step();
  }
  EXPECT(seen[0] == seen[1]);
  EXPECT(seen[0] != inner());
  EXPECT(context() == mine);
  return failures != 0;
}
