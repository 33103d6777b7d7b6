// SPDX-License-Identifier: Apache-2.0
#include "ledger.h"

Ledger ledger;

int read_string() {
  return static_cast<int>(ledger.owner.size());  // read string
}

int read_vector() {
  return ledger.entries[1];  // read vector
}

int read_map() {
  return ledger.balances.at(2);  // read map
}

int call_function() {
  return ledger.rule();  // call function
}
