// SPDX-License-Identifier: Apache-2.0
//
// The size of stacks: BATON_STACK, set_max_stack(), what a bad value says, and that an overflow names the size.
// RUN: %baton_cxx -O0 %s -o %t
// RUN: %t 262144 && env BATON_STACK=4M %t 4194304 && env BATON_STACK=65536 %t 65536 && env BATON_STACK=100k %t 131072
// RUN: for bad in x -1 4G 12Q ""x 99999999999999999999; do \
// RUN:   env BATON_STACK=$bad %t 262144 2>&1 | FileCheck --check-prefix=BAD %s || exit 1; done
// RUN: %exits 2 %t 262144 overflow 2>&1 | FileCheck %s
#include <baton/baton.hpp>

#include <cstdlib>
using namespace baton;

static int deep(int n) {
  volatile char page[4096];
  page[0] = static_cast<char>(n);
  return n == 0 ? page[0] : deep(n - 1) + page[0];
}

static void run(int depth) {
  WaitGroup wg;
  for (int i = 0; i < 100; i++) wg.go([=] { deep(depth); });
  wg.wait();
}

int main(int argc, char** argv) {
  if (set_max_stack(0) != std::strtoul(argv[1], nullptr, 10)) return 1;
  if (argc > 2) run(100);
  run(2);
  if (set_max_stack(1000000) != std::strtoul(argv[1], nullptr, 10)) return 1;
  if (set_max_stack(0) != 1 << 20) return 1;
  run(200);
  set_max_stack(1 << 15);
  run(2);
  set_max_stack(1 << 20);
  run(200);
}
// BAD: baton: BATON_STACK={{.*}} is not accepted: it must be a number of bytes, or of K or M, up to 1024M; using 262144
// CHECK: runtime: goroutine stack exceeds {{[0-9]+}}-byte limit
// CHECK: fatal error: stack overflow
