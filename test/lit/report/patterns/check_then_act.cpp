// RUN: bash %S/../Inputs/check_pattern.sh %baton_cxx %baton %s %t check-then-act unprotected-counter
// CHECK: = pattern: check-then-act
// CHECK-NEXT: = help: {{.*}}between the check of `balance` and the change
#include <baton/baton.hpp>
using namespace baton;
long balance = 100;
void withdraw(long amount) {
  if (balance >= amount) balance -= amount;
}
int main() {
  WaitGroup wg;
  wg.add(2);
  for (int i = 0; i < 2; i++) {
    go([&wg] {
      withdraw(30);
      wg.done();
    });
  }
  wg.wait();
}
