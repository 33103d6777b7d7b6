// RUN: bash %S/../Inputs/check_pattern.sh %baton_cxx %baton %s %t captured-loop-variable
// CHECK: = pattern: captured-loop-variable
// CHECK-NEXT: = help: {{.*}}pass `i` as an argument
#include <baton/baton.hpp>
using namespace baton;
long sum[8];
int main() {
  WaitGroup wg;
  wg.add(4);
  for (int i = 0; i < 4; i++) {
    go([&] {
      atomic_add(&sum[0], static_cast<long>(i));
      wg.done();
    });
  }
  wg.wait();
}
