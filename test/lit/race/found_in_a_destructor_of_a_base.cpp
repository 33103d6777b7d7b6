// SPDX-License-Identifier: Apache-2.0
//
// A virtual call while the destructor of a base class begins: from there on it would be another function.
//
// RUN: for level in 0 2; do \
// RUN:   %baton_cxx -race -O$level %s -o %t && (%t 2>&1; echo "status $?") | FileCheck %s || exit 1; \
// RUN: done
// CHECK: WARNING: DATA RACE
// CHECK: rite at {{.*}} by main goroutine
// CHECK-NEXT: Base::~Base()
// CHECK: revious read at {{.*}} by goroutine 2
// CHECK: status 66
#include <baton/baton.hpp>
#include <chrono>
using namespace baton;

struct Base {
  virtual ~Base();
  virtual int step() = 0;
  WaitGroup wg;
};

[[gnu::noinline]] Base::~Base() { wg.wait(); }

struct Derived : Base {
  int step() override { return 1; }
};

[[gnu::noinline]] int call(Base& object) { return object.step(); }

int main() {
  auto* object = new Derived;
  Base* base = object;
  base->wg.go([base] { call(*base); });
  sleep(std::chrono::milliseconds(5));
  delete base;
}
