// SPDX-License-Identifier: Apache-2.0
#include <baton/baton.hpp>

extern int counter;
void count();

int main() {
  baton::WaitGroup wg;
  wg.add(1);
  baton::go([&] {
    count();
    wg.done();
  });
  counter = 5;  // set
  wg.wait();
}
