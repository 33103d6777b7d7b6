// SPDX-License-Identifier: Apache-2.0
//
// Misuse of channels and wait groups that nobody catches ends the process with Go's text.
//
// RUN: %baton_cxx %s -o %t
// RUN: %exits 2 %t 0 2>&1 | FileCheck %s --check-prefix=SEND
// RUN: %exits 2 %t 1 2>&1 | FileCheck %s --check-prefix=CLOSED
// RUN: %exits 2 %t 2 2>&1 | FileCheck %s --check-prefix=NIL
// RUN: %exits 2 %t 3 2>&1 | FileCheck %s --check-prefix=SIZE
// RUN: %exits 2 %t 4 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// SEND: panic: send on closed channel
// CLOSED: panic: close of closed channel
// NIL: panic: close of nil channel
// SIZE: panic: makechan: size out of range
// NEGATIVE: panic: sync: negative WaitGroup counter
#include <baton/baton.hpp>
#include <cstdlib>
using namespace baton;

int main(int, char** argv) {
  auto c = make_chan<int>(1);
  close(c);
  switch (std::atoi(argv[1])) {
    case 0:
      c << 1;
      break;
    case 1:
      close(c);
      break;
    case 2:
      close(chan<int>());
      break;
    case 3:
      c = make_chan<int>(-1);
      break;
    case 4:
      WaitGroup().done();
      break;
  }
}
