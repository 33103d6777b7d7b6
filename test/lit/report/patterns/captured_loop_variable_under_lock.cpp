// A loop variable that is declared before its loop, and used under a lock that guards something else.
// RUN: bash %S/../Inputs/check_pattern.sh %baton_cxx %baton %s %t captured-loop-variable
// CHECK: = pattern: captured-loop-variable
// CHECK-NEXT: = help: {{.*}}pass `index` as an argument
#include <baton/baton.hpp>
#include <mutex>
using namespace baton;
long table[8];
int main() {
  long total = 0;
  Mutex mu;
  WaitGroup wg;
  wg.add(4);
  int index = 0;
  for (index = 0; index < 4; ++index) {
    go([&] {
      {
        std::scoped_lock hold(mu);
        total += table[index];
      }
      wg.done();
    });
  }
  wg.wait();
  return static_cast<int>(total);
}
