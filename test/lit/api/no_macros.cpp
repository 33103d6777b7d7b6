// SPDX-License-Identifier: Apache-2.0
//
// With BATON_NO_MACROS the word defer is free.
//
// RUN: %baton_cxx -DBATON_NO_MACROS -Wall -Wextra -Werror %s -o %t
// RUN: %t | FileCheck %s
#include <baton/baton.hpp>

#ifdef defer
#error "defer is a macro"
#endif

static void defer(const char* text) { std::puts(text); }

int main() {
  auto guard = baton::deferred([] { defer("last"); });
  defer("first");
}
// CHECK: first
// CHECK-NEXT: last
