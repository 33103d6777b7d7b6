// RUN: bash %S/../Inputs/check_pattern.sh %baton_cxx %baton %s %t use-after-free
// CHECK: = pattern: use-after-free
// CHECK-NEXT: = help: {{.*}}the memory is freed while another goroutine may still use it
#include <baton/baton.hpp>
using namespace baton;
struct Session {
  long bytes = 0;
};
int main() {
  auto* session = new Session;
  WaitGroup wg;
  wg.add(1);
  go([&wg, session] {
    session->bytes = 3;
    wg.done();
  });
  delete session;
  wg.wait();
}
