// SPDX-License-Identifier: Apache-2.0
//
// Two goroutines deposit into one account. Built with the detector, it reports the race and ends with status 66.
#include <baton/baton.hpp>
#include <cstdio>

#include "account.h"

int main() {
  Account account;
  baton::WaitGroup wg;
  for (long amount : {10, 20}) {
    wg.go([&account, amount] { account.deposit(amount); });
  }
  wg.wait();
  std::printf("balance %ld\n", account.balance);
}
