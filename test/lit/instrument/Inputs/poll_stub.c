// SPDX-License-Identifier: Apache-2.0
//
// The runtime's half of the polls, for programs that have no runtime: every poll calls, and what it calls keeps no more
// registers than it has to.
#include <stdlib.h>
#include <string.h>

__thread char __baton_poll = 1;

static unsigned long polls;

__attribute__((preserve_all)) void __baton_preempt(void) {
  double trash[8];
  for (int i = 0; i < 8; i++) trash[i] = (double)(polls + (unsigned long)i);
  if (trash[7] < 0) abort();
  polls++;
}
