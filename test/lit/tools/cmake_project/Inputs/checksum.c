// SPDX-License-Identifier: Apache-2.0
#include "checksum.h"

int checksum(const char* text) {
  int sum = 0;
  while (*text) sum = sum * 31 + *text++;
  return sum;
}
