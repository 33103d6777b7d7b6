// SPDX-License-Identifier: Apache-2.0
//
// Compiles as it is; with -DWRONG=STATEMENT it must not.
#include <baton/baton.hpp>
using namespace baton;

#ifndef WRONG
#define WRONG v = in == both && out == both
#endif

int use(recv_chan<int> in, send_chan<int> out, chan<int> both, chan<long> wide) {
  int v = 0;
  in >> v;
  out << v;
  both << in.recv();
  close(out);
  wide << v;
  WRONG;
  return v;
}
