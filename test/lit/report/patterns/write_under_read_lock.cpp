// RUN: bash %S/../Inputs/check_pattern.sh %baton_cxx %baton %s %t write-under-read-lock
// CHECK: = pattern: write-under-read-lock
// CHECK-NEXT: = help: {{.*}}lock for writing where `total` is written
#include <baton/baton.hpp>
#include <shared_mutex>
using namespace baton;
RWMutex mu;
long total;
int main() {
  WaitGroup wg;
  wg.add(2);
  for (int i = 0; i < 2; i++) {
    go([&wg] {
      std::shared_lock hold(mu);
      total += 1;
      wg.done();
    });
  }
  wg.wait();
}
