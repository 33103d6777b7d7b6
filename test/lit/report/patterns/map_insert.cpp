// RUN: bash %S/../Inputs/check_pattern.sh %baton_cxx %baton %s %t map-insert
// CHECK: = pattern: map-insert
// CHECK-NEXT: = help: {{.*}}changes the nodes that a lookup follows
#include <baton/baton.hpp>
#include <map>
using namespace baton;
[[gnu::noinline]] void use(const volatile void* p) { asm volatile("" : : "r"(p) : "memory"); }
std::map<int, int> ages;
int main() {
  ages[1] = 1;
  WaitGroup wg;
  wg.add(2);
  go([&] {
    ages[7] = 40;
    wg.done();
  });
  go([&] {
    bool found = ages.find(3) != ages.end();
    use(&found);
    wg.done();
  });
  wg.wait();
}
