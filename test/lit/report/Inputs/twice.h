// SPDX-License-Identifier: Apache-2.0
//
// A race on whatever f touches: two goroutines call it, and nothing orders them.
#pragma once

#include <baton/baton.hpp>

template <class F>
void twice(F f) {
  baton::WaitGroup wg;
  wg.add(2);
  for (int i = 0; i < 2; i++) {
    baton::go([&] {
      f();
      wg.done();
    });
  }
  wg.wait();
}
