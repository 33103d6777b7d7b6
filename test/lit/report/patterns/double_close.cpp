// RUN: bash %S/../Inputs/check_pattern.sh %baton_cxx %baton %s %t double-close
// CHECK: = pattern: double-close
// CHECK-NEXT: = help: {{.*}}let one goroutine
#include <baton/baton.hpp>
using namespace baton;
int main() {
  auto c = make_chan<int>(1);
  WaitGroup wg;
  wg.add(2);
  for (int i = 0; i < 2; i++) {
    go([&wg, c] {
      try {
        close(c);
      } catch (const panic_error&) {
      }
      wg.done();
    });
  }
  wg.wait();
}
