// RUN: bash %S/../Inputs/check_pattern.sh %baton_cxx %baton %s %t shared-capture
// CHECK: = pattern: shared-capture
// CHECK-NEXT: = help: `answer` is captured by reference
#include <baton/baton.hpp>
using namespace baton;
[[gnu::noinline]] void use(const volatile void* p) { asm volatile("" : : "r"(p) : "memory"); }
int main() {
  long answer = 0;
  WaitGroup wg;
  wg.add(1);
  go([&] {
    answer = 42;
    wg.done();
  });
  long seen = answer;
  use(&seen);
  wg.wait();
}
