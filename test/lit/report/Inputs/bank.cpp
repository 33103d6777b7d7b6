// SPDX-License-Identifier: Apache-2.0
//
// Two races: deposits into one account by two goroutines, and a read of it before they are waited for.
#include <baton/baton.hpp>

struct Account {
  long balance = 0;
  void deposit(long amount) { balance += amount; }
};

int main() {
  auto* account = new Account;
  baton::WaitGroup wg;
  for (long amount : {10, 20}) {
    wg.go([=] { account->deposit(amount); });
  }
  long seen = account->balance;
  wg.wait();
  return seen < 0;
}
