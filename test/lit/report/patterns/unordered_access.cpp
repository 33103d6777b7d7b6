// RUN: bash %S/../Inputs/check_pattern.sh %baton_cxx %baton %s %t unordered-access
// CHECK: = pattern: unordered-access
// CHECK-NEXT: = help: nothing orders the two accesses to `latest`
#include <baton/baton.hpp>
using namespace baton;
[[gnu::noinline]] void use(const volatile void* p) { asm volatile("" : : "r"(p) : "memory"); }
long latest;
void publish() { latest = 4; }
int main() {
  WaitGroup wg;
  wg.add(1);
  go([&wg] {
    publish();
    wg.done();
  });
  long seen = latest;
  use(&seen);
  wg.wait();
}
