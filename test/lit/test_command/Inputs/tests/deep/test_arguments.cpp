// SPDX-License-Identifier: Apache-2.0
//
// Fails if it is given an argument; prints it.
#include <cstdio>

int main(int argc, char** argv) {
  std::printf("%d arguments: %s\n", argc - 1, argc > 1 ? argv[1] : "");
  return argc > 1 ? 3 : 0;
}
