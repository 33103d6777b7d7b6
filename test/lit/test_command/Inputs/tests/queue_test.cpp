// SPDX-License-Identifier: Apache-2.0
//
// Compiled together with queue.cpp, which has a race.
#include "queue.h"

#include <baton/baton.hpp>
#include <cstdio>

int main() {
  baton::WaitGroup wg;
  for (int i = 0; i < 2; i++) wg.go(push);
  wg.wait();
  std::puts("pushed twice");
}
