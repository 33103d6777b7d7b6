// RUN: bash %S/../Inputs/check_pattern.sh %baton_cxx %baton %s %t unprotected-counter
// CHECK: = pattern: unprotected-counter
// CHECK-NEXT: = help: {{.*}}guard `hits` with a Mutex
#include <baton/baton.hpp>
using namespace baton;
int hits;
void work(WaitGroup& wg) {
  hits++;
  wg.done();
}
int main() {
  WaitGroup wg;
  wg.add(2);
  for (int i = 0; i < 2; i++) go([&] { work(wg); });
  wg.wait();
}
