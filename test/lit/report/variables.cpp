// What raced is named: globals, members and elements, static locals, thread-locals, locals of another goroutine, fields
// of heap blocks; types of the C++ library are not taken apart.
//
// RUN: for o in -O0 -O2; do %baton_cxx $o -race %s -o %t || exit 1; \
// RUN:   %exits 66 env GORACE=plain=1 %t 2> %t.err || exit 1; FileCheck %s < %t.err || exit 1; done
//
// Where libdw is missing, the symbol table still names globals.
// RUN: mkdir -p %t.none && rm -f %t.none/* && echo broken > %t.none/libdw.so.1
// RUN: env LD_LIBRARY_PATH=%t.none GORACE=plain=1 %exits 66 %t 2> %t.err
// RUN: FileCheck %s --check-prefix=NONE < %t.err
//
// CHECK: Global var account.balance of size {{[0-9]+}} at 0x{{[0-9a-f]+}} declared at {{.*}}variables.cpp:62
// CHECK: Global var tab[3].name[2] of size 224 at
// CHECK: Global var tab[5].at.y of size 224 at
// CHECK: Global var account.owner of size
// CHECK: Global var bank::total of size 4 at
// CHECK: Global var bank::matrix[2][1] of size 48 at
// CHECK: Global var bank::both.second of size 16 at
// CHECK: Global var derived.b of size 8 at
// CHECK: Global var n of size 4 at
// CHECK: main::$_{{[0-9]+}}::operator()() const
// CHECK: {{^}}  d()
// CHECK: Global var i of size 4 at
// CHECK: Global var helper()::calls of size 4 at
// CHECK: Stack var local of size 4 at 0x{{[0-9a-f]+}} of main goroutine declared at {{.*}}variables.cpp:
// CHECK: Stack var row.at.x of size 28 at 0x{{[0-9a-f]+}} of main goroutine declared at
// CHECK: Thread-local var per_thread of size 4 at 0x{{[0-9a-f]+}} declared at {{.*}}variables.cpp:
// CHECK: Heap block of size {{[0-9]+}} at 0x{{[0-9a-f]+}} (Account.balance) allocated by main goroutine:
// CHECK: Heap block of size {{[0-9]+}} at 0x{{[0-9a-f]+}} (Account.balance) allocated by main goroutine:
// CHECK: Heap block of size 28 at 0x{{[0-9a-f]+}} (Row.at.y) allocated by main goroutine:
// CHECK: Heap block of size 140 at 0x{{[0-9a-f]+}} (Row[3].key) allocated by main goroutine:
// CHECK: Heap block of size 40 at 0x{{[0-9a-f]+}} (int[7]) allocated by main goroutine:
// CHECK: Stack var v of size 24 at
// CHECK: Heap block of size {{[0-9]+}} at 0x{{[0-9a-f]+}} (Account.balance) allocated by main goroutine:
// CHECK-NEXT: static initialiser()
// CHECK-NEXT: variables.cpp:[[#EARLY:]] +
// CHECK: Heap block of size 112 at 0x{{[0-9a-f]+}} (Row[2].key) allocated by main goroutine:
// CHECK: static initialiser()
// CHECK-NEXT: variables.cpp:[[#EARLY + 1]] +
//
// NONE: Global var account of size
// NONE: Global var n of size 4 at
// NONE: Global var helper()::calls of size 4 at
#include <memory>
#include <string>
#include <vector>

#include "Inputs/twice.h"
struct Account {
  long id;
  int balance;
  std::string owner;
  void deposit(int n) { balance += n; }
};
struct Row {
  int key;
  char name[16];
  struct {
    int x, y;
  } at;
};
Account account;
Row tab[8];
namespace bank {
static int total;
int matrix[3][4];
std::pair<int, long> both;
}  // namespace bank
thread_local int per_thread;
struct Base {
  int b;
};
struct Derived : Base {
  int d;
} derived;

// Names that would be those of types, were they mangled.
int n, i;
extern "C" [[gnu::noinline]] void d() { i++; }

int helper() {
  static int calls;
  return ++calls;
}

// Before main, and so before anything runs.
Account* early = new Account;
std::vector<Row> early_rows(4);

int main() {
  twice([] { account.balance++; });
  twice([] { tab[3].name[2]++; });
  twice([] { tab[5].at.y++; });
  twice([] { account.owner = "x"; });
  twice([] { bank::total++; });
  twice([] { bank::matrix[2][1]++; });
  twice([] { bank::both.second++; });
  twice([] { derived.b++; });
  twice([] { n++; });
  twice([] { d(); });
  twice([] { helper(); });
  int local = 0;
  twice([&] { local++; });
  Row row{};
  twice([&] { row.at.x++; });
  int* own = &per_thread;
  twice([own] { ++*own; });
  Account* heap = new Account;
  twice([heap] { heap->deposit(3); });
  auto shared = std::make_shared<Account>();
  twice([&shared] { shared->balance++; });
  auto unique = std::make_unique<Row>();
  twice([&unique] { unique->at.y++; });
  std::vector<Row> rows(5);
  twice([&rows] { rows[3].key++; });
  int* ints = new int[10];
  twice([ints] { ints[7]++; });
  std::vector<int> v(3);
  v.reserve(8);
  twice([&v] { v.push_back(1); });
  twice([] { early->balance++; });
  twice([] { early_rows[2].key++; });
}
