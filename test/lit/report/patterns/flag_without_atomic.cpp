// RUN: bash %S/../Inputs/check_pattern.sh %baton_cxx %baton %s %t flag-without-atomic
// CHECK: = pattern: flag-without-atomic
// CHECK-NEXT: = help: {{.*}}make `ready` a std::atomic<bool>
#include <baton/baton.hpp>
using namespace baton;
bool ready;
int main() {
  WaitGroup wg;
  wg.add(1);
  go([&wg] {
    ready = true;
    wg.done();
  });
  for (int i = 0; i < 3; i++) {
    if (ready) break;
    gosched();
  }
  wg.wait();
}
