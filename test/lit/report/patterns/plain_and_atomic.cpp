// RUN: bash %S/../Inputs/check_pattern.sh %baton_cxx %baton %s %t plain-and-atomic
// CHECK: = pattern: plain-and-atomic
// CHECK-NEXT: = help: {{.*}}one side is atomic, the other is not
#include <baton/baton.hpp>
using namespace baton;
[[gnu::noinline]] void use(const volatile void* p) { asm volatile("" : : "r"(p) : "memory"); }
long count;
int main() {
  WaitGroup wg;
  wg.add(2);
  go([&wg] {
    atomic_add(&count, 1l);
    wg.done();
  });
  go([&wg] {
    long n = count;
    use(&n);
    wg.done();
  });
  wg.wait();
}
