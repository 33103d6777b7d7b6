// SPDX-License-Identifier: Apache-2.0
//
// A race on a local of the test. GoogleTest calls it without frame pointers.
#include <gtest/gtest.h>

#include <baton/baton.hpp>
#include <mutex>
using namespace baton;

struct Account {
  long balance = 0;
  Mutex mu;
};

TEST(Account, IsReadWithoutItsLock) {
  Account account;
  WaitGroup wg;
  wg.go([&] {
    std::scoped_lock hold(account.mu);
    account.balance += 5;
  });
  const long seen = account.balance;
  wg.wait();
  EXPECT_GE(seen, 0);
}
