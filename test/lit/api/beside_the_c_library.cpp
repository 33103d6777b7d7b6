// SPDX-License-Identifier: Apache-2.0
//
// The names of baton and those of the C library live side by side under a using-directive.
//
// RUN: %baton_cxx -Wall -Wextra -Werror %s -o %t
// RUN: %t | FileCheck %s
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <baton/baton.hpp>
using namespace baton;
using namespace std;

int main() {
  sleep(1ms);
  sleep(0);
  auto c = make_chan<int>(1);
  close(c);
  int fd = dup(1);
  close(fd);
  sync();
  int plain = 1;
  std::atomic<int> typed = 2;
  printf("%d %d %d\n", time(nullptr) > 0, atomic_load(&plain), atomic_load(&typed));
}
// CHECK: 1 1 2
