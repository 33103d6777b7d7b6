// RUN: bash %S/../Inputs/check_pattern.sh %baton_cxx %baton %s %t different-locks
// CHECK: = pattern: different-locks
// CHECK-NEXT: = help: {{.*}}the two sides hold different locks
#include <baton/baton.hpp>
using namespace baton;
Mutex left;
Mutex right;
long total;
int main() {
  WaitGroup wg;
  wg.add(2);
  go([&wg] {
    left.lock();
    total += 1;
    left.unlock();
    wg.done();
  });
  go([&wg] {
    right.lock();
    total += 2;
    right.unlock();
    wg.done();
  });
  wg.wait();
}
