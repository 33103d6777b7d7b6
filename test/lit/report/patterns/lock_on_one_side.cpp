// RUN: bash %S/../Inputs/check_pattern.sh %baton_cxx %baton %s %t lock-on-one-side
// CHECK: = pattern: lock-on-one-side
// CHECK-NEXT: = help: {{.*}}hold the same lock on both sides
#include <baton/baton.hpp>
#include <mutex>
using namespace baton;
[[gnu::noinline]] void use(const volatile void* p) { asm volatile("" : : "r"(p) : "memory"); }
Mutex mu;
long total;
void add(long n) {
  std::scoped_lock hold(mu);
  total += n;
}
long read() { return total; }
int main() {
  WaitGroup wg;
  wg.add(2);
  go([&wg] {
    add(5);
    wg.done();
  });
  go([&wg] {
    long n = read();
    use(&n);
    wg.done();
  });
  wg.wait();
}
