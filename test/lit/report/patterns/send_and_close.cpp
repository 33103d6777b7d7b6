// RUN: bash %S/../Inputs/check_pattern.sh %baton_cxx %baton %s %t send-and-close
// CHECK: {{^}}send and close
// CHECK: = pattern: send-and-close
// CHECK-NEXT: = help: {{.*}}wait for them with a WaitGroup, then close
#include <atomic>
#include <baton/baton.hpp>
using namespace baton;
int main() {
  auto c = make_chan<int>(2);
  // Relaxed: no order for the detector.
  std::atomic<bool> sent = false;
  go([&] {
    c.send(1);
    sent.store(true, std::memory_order_relaxed);
  });
  while (!sent.load(std::memory_order_relaxed)) gosched();
  close(c);
}
