// SPDX-License-Identifier: Apache-2.0
//
// One race, then "done" on standard output.
#include <baton/baton.hpp>
#include <cstdio>

int main() {
  int shared = 0;
  baton::WaitGroup wg;
  wg.add(1);
  baton::go([&] {
    shared = 1;
    wg.done();
  });
  shared = 2;
  wg.wait();
  std::puts("done");
}
