// SPDX-License-Identifier: Apache-2.0
//
// A block that one goroutine frees while another one uses it: the report says so, with both places. Whoever frees it
// again ends the program.
//
// RUN: %baton_cxx -race -O0 %s -o %t
// RUN: env GORACE=plain=1 %exits 66 %t used-after 2>&1 | FileCheck --check-prefix=AFTER %s
// RUN: env GORACE=plain=1 %exits 66 %t used-before 2>&1 | FileCheck --check-prefix=BEFORE %s
// RUN: env GORACE=plain=1 %exits 134 %t freed-twice 2>&1 | FileCheck --check-prefix=TWICE %s
// RUN: %exits 134 %t freed-twice 2>&1 | FileCheck --check-prefix=PATTERN %s
// RUN: %exits 66 %t used-before 2>&1 | FileCheck --check-prefix=USE %s
// RUN: %exits 134 %t own 2>&1 | FileCheck --check-prefix=OWN %s
#include <cstdlib>
#include <string>

#include "Inputs/order.h"
using namespace baton;

struct Session {
  long bytes[60];
};

void end(Session* session) { delete session; }

int main(int, char** argv) {
  const std::string how = argv[1];
  Session* session = new Session;
  if (how == "used-before") {
    go([session] {
      session->bytes[2] = 1;
      next_turn();
    });
    await_turn(1);
    end(session);
    return 0;
  }
  if (how == "own") {
    end(session);
    end(session);
  }
  if (how == "two-uses") {
    end(session);
    go([session] {
      session->bytes[3] = 1;
      next_turn();
    });
    await_turn(1);
    session->bytes[3] = 2;
    return 0;
  }
  go([session] {
    end(session);
    next_turn();
  });
  await_turn(1);
  if (how == "freed-twice") end(session);
  session->bytes[2] = 2;
}
// AFTER: Write at 0x{{[0-9a-f]+}} by main goroutine:
// AFTER-NEXT:   main()
// AFTER-NEXT:       {{.*}}use_after_free.cpp:57 +0x
// AFTER: Previous write at 0x{{[0-9a-f]+}} by goroutine 2:
// AFTER-NEXT:   end(Session*)
// AFTER-NEXT:       {{.*}}use_after_free.cpp:23 +0x
// AFTER: Goroutine 2 ({{running|finished}}) created at:

// BEFORE: Write at 0x{{[0-9a-f]+}} by main goroutine:
// BEFORE-NEXT:   end(Session*)
// BEFORE: Previous write at 0x{{[0-9a-f]+}} by goroutine 2:
// BEFORE-NEXT:   main::{{.*}}operator()() const
// BEFORE-NEXT:       {{.*}}use_after_free.cpp:30 +0x
// BEFORE: Heap block of size 480 at 0x{{[0-9a-f]+}} ({{.*}}) allocated by main goroutine:

// TWICE: Write at 0x[[BLOCK:[0-9a-f]+]] by main goroutine:
// TWICE-NEXT:   end(Session*)
// TWICE: Previous write at 0x[[BLOCK]] by goroutine 2:
// TWICE-NEXT:   end(Session*)
// TWICE: Heap block of size 480 at 0x[[BLOCK]] ({{.*}}) allocated by main goroutine:
// TWICE: fatal error: double free of a heap block of size 480 at 0x[[BLOCK]], freed before by goroutine 2
// USE: = pattern: use-after-free

// FREED: Write at 0x{{[0-9a-f]+}} by main goroutine:
// FREED: Heap block of size 480 at 0x{{[0-9a-f]+}} {{.*}}allocated by main goroutine:
// FREED: Freed by main goroutine:
// FREED-NEXT:   end(Session*)
// FREED: Goroutine 2 ({{running|finished}}) created at:

// PATTERN: = pattern: double-free
// OWN-NOT: DATA RACE
// OWN: fatal error: double free of a heap block of size 480 at 0x{{[0-9a-f]+}}, freed before by goroutine 1
