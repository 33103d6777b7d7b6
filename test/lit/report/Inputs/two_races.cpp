// SPDX-License-Identifier: Apache-2.0
//
// Two races, one in each function.
#include <baton/baton.hpp>
using namespace baton;
long first;
long second;
[[gnu::noinline]] void touch_first() { first++; }
[[gnu::noinline]] void touch_second() { second++; }
int main() {
  WaitGroup wg;
  wg.add(2);
  for (int i = 0; i < 2; i++) {
    go([&wg] {
      touch_first();
      touch_second();
      wg.done();
    });
  }
  wg.wait();
}
