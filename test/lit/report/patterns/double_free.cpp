// The process ends as the C library ends it. Both frees were ordered by nothing, whichever came first.
// RUN: env STATUS=134 bash %S/../Inputs/check_pattern.sh %baton_cxx %baton %s %t double-free
// CHECK: {{^}}double free on `Message.body` of type long[60], in a heap block of 480 bytes from {{.*}}double_free.cpp:
// CHECK: = pattern: double-free
// CHECK-NEXT: = help: {{.*}}let one of them own it
#include <baton/baton.hpp>
using namespace baton;
struct Message {
  long body[60] = {7};
};
[[gnu::noinline]] void drop(const Message* m) { delete m; }
int main() {
  auto* message = new Message;
  WaitGroup wg;
  wg.add(2);
  for (int i = 0; i < 2; i++) {
    go([&wg, message] {
      drop(message);
      wg.done();
    });
  }
  wg.wait();
}
