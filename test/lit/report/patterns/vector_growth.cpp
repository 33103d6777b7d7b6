// RUN: bash %S/../Inputs/check_pattern.sh %baton_cxx %baton %s %t vector-growth
// CHECK: = pattern: vector-growth
// CHECK-NEXT: = help: {{.*}}a std::vector that grows moves its elements
#include <baton/baton.hpp>
#include <vector>
using namespace baton;
[[gnu::noinline]] void use(const volatile void* p) { asm volatile("" : : "r"(p) : "memory"); }
std::vector<int> results(4);
int main() {
  WaitGroup wg;
  wg.add(2);
  go([&] {
    results.push_back(1);
    wg.done();
  });
  go([&] {
    int n = results[2];
    use(&n);
    wg.done();
  });
  wg.wait();
}
