// Where the same stack holds a lock only sometimes, that is said: by the program, and by `baton report` of its log in
// JSON, in text and in HTML. A log in text does not tell of locks, and neither does what is made of it.
//
// RUN: %baton_cxx -race -O1 %s -o %t
// RUN: %exits 66 %t 2> %t.text && FileCheck %s < %t.text
// RUN: GORACE=report_format=json %exits 66 %t 2> %t.json && %baton report %t.json | FileCheck %s
// RUN: %baton report --format json %t.json > %t.again && %baton report %t.again | FileCheck %s
// RUN: %baton report --format html %t.json | FileCheck %s --check-prefix=HTML
// RUN: %baton report %t.text | not grep 'locks vary\|no lock'
// RUN: %baton report --format json %t.text > %t.again && %baton report %t.again | not grep 'locks vary\|no lock'
//
// CHECK: write by the main goroutine, no lock held
// CHECK: earlier write by goroutine {{[0-9]+}}, locks vary
// HTML-DAG: No lock is held.
// HTML-DAG: The locks vary.
#include <baton/baton.hpp>
using namespace baton;

int shared;
Mutex mu;

int main() {
  gomaxprocs(1);  // the goroutine has run when gosched returns
  go([] {
    for (volatile int i = 0; i < 2; i++) {  // volatile: one store for both rounds
      if (i == 0) mu.lock();
      shared = i;
      if (i == 0) mu.unlock();
    }
  });
  gosched();
  shared = 7;
}
