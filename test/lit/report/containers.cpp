// Values in containers of the library are named by their own type: nodes of maps and lists, elements of vectors, arrays
// behind a unique_ptr, fields of a lambda's captures. Locals are named on the stack of any goroutine.
//
// RUN: for o in -O0 -O2; do %baton_cxx $o -race %s -o %t || exit 1; \
// RUN:   %exits 66 env GORACE=plain=1 %t 2> %t.err || exit 1; FileCheck %s < %t.err || exit 1; done
//
// Names of the library are as people write them, and so are the names of its files.
// RUN: FileCheck %s --check-prefix=NAMES < %t.err
//
// A suppression may use either form.
// RUN: for p in "login(std::string const&)" "login(std::__cxx11::basic_string<char,"; do echo "race:$p" > %t.known; \
// RUN:   GORACE="plain=1 print_suppressions=2 suppressions=%t.known" %exits 66 %t > %t.out 2>&1 || exit 1; \
// RUN:   FileCheck %s --check-prefix=KNOWN < %t.out || exit 1; done
//
// CHECK: (User.logins) allocated by
// CHECK: (map value) allocated by
// CHECK: (Account.balance) allocated by
// CHECK: (element) allocated by
// CHECK: (std::string[2]) allocated by
// CHECK: (Account[2].balance) allocated by
// CHECK: Stack var counter.calls of size
// CHECK: Stack var shape.corner[2].y of size {{[0-9]+}} at 0x{{[0-9a-f]+}} of goroutine {{[0-9]+}} declared at
//
// NAMES: {{^}}  login(std::string const&)
// NAMES: {{^}}  std::map<std::string, User>::
// NAMES-NEXT: {{^}}      /usr/include/c++/
// NAMES-NOT: basic_string<
// NAMES-NOT: /../
//
// KNOWN: '{{.*}}' matched 1 race(s)
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "Inputs/twice.h"
using namespace baton;

struct User {
  std::string name;
  int logins = 0;
};
struct Account {
  std::string owner;
  long balance = 0;
};
struct Shape {
  struct {
    int x, y;
  } corner[4];
};
std::map<std::string, User> users;
std::unordered_map<int, long> totals;

[[gnu::noinline]] void login(const std::string& who) { users.at(who).logins++; }

int main() {
  users["ann"].name = "Ann";
  twice([] { login("ann"); });
  totals[7] = 1;
  twice([] { totals[7] += 5; });
  std::list<Account> list(3);
  twice([&] { list.front().balance++; });
  std::list<int> numbers(3);
  twice([&] { numbers.front()++; });
  std::vector<std::string> words(4, "a long word that lies on the heap");
  twice([&] { words[2].resize(20); });
  auto accounts = std::make_unique<Account[]>(5);
  twice([&] { accounts[2].balance++; });
  auto counter = [calls = 0]() mutable { calls++; };
  twice([&] { counter(); });
  auto done = make_chan<bool>();
  go([&] {
    Shape shape{};
    twice([&] { shape.corner[2].y++; });
    done.send(true);
  });
  done.recv();
}
