// SPDX-License-Identifier: Apache-2.0
//
// After a hundred thousand goroutines have ended, their stacks' memory goes back to the system, and they start again.
// RUN: %baton_cxx -O1 %s -o %t && for p in 1 2; do env GOMAXPROCS=$p timeout 60 %t || exit 1; done
#include <baton/baton.hpp>

#include <cstdlib>
#include <fstream>
using namespace baton;
using namespace std::chrono_literals;

static long resident_pages() {
  long all;
  long resident;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident;
}

static long park_many(int n) {
  auto c = make_chan<int>();
  WaitGroup wg;
  for (int i = 0; i < n; i++) wg.go([=] { c.recv(); });
  gosched();
  const long pages = resident_pages();
  close(c);
  wg.wait();
  return pages;
}

int main() {
  const long before = resident_pages();
  const long most = park_many(100000) - before;
  while (resident_pages() - before > most / 2) sleep(50ms);
  park_many(100000);
}
