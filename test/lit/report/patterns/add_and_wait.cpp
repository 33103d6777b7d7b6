// RUN: bash %S/../Inputs/check_pattern.sh %baton_cxx %baton %s %t add-and-wait
// CHECK: {{^}}add and wait
// CHECK: = pattern: add-and-wait
// CHECK-NEXT: = help: call add() before the wait can start
#include <atomic>
#include <baton/baton.hpp>
using namespace baton;
int main() {
  WaitGroup wg;
  // Relaxed: no order for the detector.
  std::atomic<bool> added = false;
  std::atomic<bool> waits = false;
  auto waited = make_chan<bool>();
  go([&] {
    while (!added.load(std::memory_order_relaxed)) gosched();
    waits.store(true, std::memory_order_relaxed);
    wg.wait();
    waited.send(true);
  });
  wg.add(1);
  added.store(true, std::memory_order_relaxed);
  while (!waits.load(std::memory_order_relaxed)) gosched();
  for (int i = 0; i < 1000; i++) gosched();
  wg.done();
  waited.recv();
}
