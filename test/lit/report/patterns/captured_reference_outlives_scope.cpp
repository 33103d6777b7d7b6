// RUN: bash %S/../Inputs/check_pattern.sh %baton_cxx %baton %s %t captured-reference-outlives-scope
// CHECK: = pattern: captured-reference-outlives-scope
// CHECK-NEXT: = help: {{.*}}capture it by value
#include <baton/baton.hpp>
using namespace baton;
[[gnu::noinline]] void use(const volatile void* p) { asm volatile("" : : "r"(p) : "memory"); }
WaitGroup wg;
long seen;
[[gnu::noinline]] void start() {
  long local[64] = {7};
  go([&] {
    seen = local[0];
    wg.done();
  });
}
[[gnu::noinline]] long fill(long n) {
  volatile long room[128];  // as deep as the frame of start(), and deeper
  use(room);                // from here on others may see it
  for (int i = 0; i < 128; i++) room[i] = n;
  use(room);
  return room[n];
}
int main() {
  wg.add(1);
  start();
  long n = fill(3);
  wg.wait();
  return static_cast<int>(n - 3);
}
