// SPDX-License-Identifier: Apache-2.0
//
// Programs without a race: nothing may be reported, however often and at whatever GOMAXPROCS they run. A program
// defines round(); its argument is how often to run it (check.sh).
#pragma once

#include <baton/baton.hpp>
#include <cstdio>
#include <cstdlib>

using namespace baton;

void round_once(int number);

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::printf("wrong: %s\n", what);
  std::exit(1);
}

int main(int, char** argv) {
  const int rounds = std::atoi(argv[1]);
  for (int i = 0; i < rounds; i++) round_once(i);
}
