// SPDX-License-Identifier: Apache-2.0
#include "ledger.h"

void write_string() {
  ledger.owner += ", or somebody with quite a long name";  // write string
}

void write_vector() {
  ledger.entries[1] = 7;  // write vector
}

void write_map() {
  ledger.balances[2] = 30;  // write map
}

void set_function() {
  ledger.rule = [] { return 2; };  // set function
}
