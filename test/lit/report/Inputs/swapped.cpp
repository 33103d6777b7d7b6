// SPDX-License-Identifier: Apache-2.0
//
// One race, seen from the side that is named.
#include <baton/baton.hpp>
#include <string>
using namespace baton;
struct Account {
  long id;
  long balance;
} account;
long seen;
[[gnu::noinline]] void pay() { account.balance = 5; }
[[gnu::noinline]] void look() { seen = account.balance; }
int main(int, char** argv) {
  gomaxprocs(1);  // a goroutine has run when gosched returns
  const bool reader_first = std::string(argv[1]) == "reader";
  for (int i = 0; i < 2; i++) {
    if ((i == 0) == reader_first) {
      go(look);
    } else {
      go(pay);
    }
    gosched();
  }
}
