// Threads that static initialisers start may race with them. The process may end before main has begun.
//
// RUN: %baton_cxx -race -O1 %s -o %t
// RUN: %exits 66 %t exit0 2>&1 | FileCheck %s
// RUN: %exits 3 %t exit3 2>&1 | FileCheck %s
// RUN: %exits 66 %t main 2>&1 | FileCheck %s
//
// CHECK: WARNING: DATA RACE
// CHECK-NEXT: Write at {{.*}} by main goroutine:
// CHECK-NEXT: operator()() const
// CHECK-NEXT: before_main.cpp:
// CHECK-NEXT: static initialiser()
// CHECK-NEXT: before_main.cpp:
// CHECK-EMPTY:
// CHECK: Previous write at {{.*}} by thread T1:
// CHECK: Thread T1 ({{running|finished}}) created at:
// CHECK: static initialiser()
// CHECK: Found 1 data race(s)
#include <atomic>
#include <baton/baton.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

int shared;
std::atomic<bool> written;
std::thread thread([] {
  shared = 1;
  written.store(true, std::memory_order_relaxed);
});

bool is(const char* how) {
  std::ifstream file("/proc/self/cmdline");
  const std::string words{std::istreambuf_iterator<char>(file), {}};
  return words.find(std::string{'\0'} + how) != words.npos;
}

bool after = [] {
  while (!written.load(std::memory_order_relaxed)) {
  }
  shared = 2;
  thread.join();
  if (is("exit0")) std::exit(0);
  if (is("exit3")) std::exit(3);
  return true;
}();

int main() {}
