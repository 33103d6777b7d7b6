// SPDX-License-Identifier: Apache-2.0
//
// A goroutine and a thread of the program write one variable.
#include <baton/baton.hpp>
#include <thread>

int shared;

int main() {
  baton::WaitGroup wg;
  wg.go([] { shared = 1; });
  std::thread thread([] { shared = 2; });
  thread.join();
  wg.wait();
}
