// SPDX-License-Identifier: Apache-2.0
// Short critical sections: eight goroutines add to one of sixteen guarded accounts.
#include "bench.hpp"

struct Account {
  Mutex mutex;
  int64_t balance = 0;
  int64_t changes = 0;
};

Account accounts[16];

int main() {
  constexpr int workers = 8, rounds = 300'000;
  WaitGroup wg;
  wg.add(workers);
  for (int w = 0; w < workers; w++) {
    go([&, w] {
      for (int i = 0; i < rounds; i++) {
        Account& account = accounts[(i + w) % 16];
        account.mutex.lock();
        account.balance += i % 10;
        account.changes++;
        account.mutex.unlock();
      }
      wg.done();
    });
  }
  wg.wait();
  int64_t sum = 0;
  for (Account& account : accounts) sum += account.balance + account.changes;
  print_checksum(sum);
}
