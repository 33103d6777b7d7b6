// SPDX-License-Identifier: Apache-2.0
//
// An account without a lock: two goroutines that deposit at the same time race.
#pragma once

struct Account {
  void deposit(long amount);
  long balance = 0;
};
