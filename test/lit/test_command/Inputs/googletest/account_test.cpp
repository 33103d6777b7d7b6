// SPDX-License-Identifier: Apache-2.0
//
// One test with a race between two that are fine.
#include <gtest/gtest.h>

#include <baton/baton.hpp>

namespace {

void add_twice(long& balance, baton::Mutex* mutex) {
  baton::WaitGroup wg;
  for (int i = 0; i < 2; i++) {
    wg.go([&balance, mutex] {
      if (mutex != nullptr) mutex->lock();
      balance++;
      if (mutex != nullptr) mutex->unlock();
    });
  }
  wg.wait();
}

}  // namespace

TEST(Account, Before) { EXPECT_EQ(1, 1); }

TEST(Account, WithoutLock) {
  long balance = 0;
  add_twice(balance, nullptr);
}

TEST(Account, WithLock) {
  long balance = 0;
  baton::Mutex mutex;
  add_twice(balance, &mutex);
  EXPECT_EQ(balance, 2);
}
