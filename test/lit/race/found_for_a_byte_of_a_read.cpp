// SPDX-License-Identifier: Apache-2.0
//
// A write of one byte races with a read of the eight bytes around it, whichever comes first.
// RUN: %baton_cxx -race -O1 %s -o %t
// RUN: %exits 66 %t read 2>&1 | FileCheck --check-prefix=READ %s
// RUN: %exits 66 %t write 2>&1 | FileCheck --check-prefix=WRITE %s
#include <cstring>

#include "Inputs/order.h"
using namespace baton;

alignas(16) unsigned char bytes[8];
volatile unsigned long sink;

[[gnu::noinline]] void read_all() {
  unsigned long value = 0;
  std::memcpy(&value, bytes, sizeof value);
  sink = value;
}

[[gnu::noinline]] void write_one() { bytes[5] = 1; }

int main(int, char** argv) {
  const bool reads_first = std::strcmp(argv[1], "read") == 0;
  go([=] {
    reads_first ? read_all() : write_one();
    next_turn();
  });
  await_turn(1);
  reads_first ? write_one() : read_all();
}
// READ: Write at 0x{{[0-9a-f]+}} by main goroutine:
// READ-NEXT:   write_one()
// READ: Previous read at 0x{{[0-9a-f]+}} by goroutine 2:
// READ-NEXT:   read_all()
// READ: Found 1 data race(s)
// WRITE: Read at 0x{{[0-9a-f]+}} by main goroutine:
// WRITE-NEXT:   read_all()
// WRITE: Previous write at 0x{{[0-9a-f]+}}5 by goroutine 2:
// WRITE-NEXT:   write_one()
// WRITE: Found 1 data race(s)
