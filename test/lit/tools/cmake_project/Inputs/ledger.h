// SPDX-License-Identifier: Apache-2.0
//
// State that two goroutines use without a lock: written in writer.cpp, read in ledger.cpp, a static library.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

struct Ledger {
  std::string owner = "nobody";
  std::vector<int> entries = {1, 2, 3};
  std::map<int, int> balances = {{1, 10}, {2, 20}};
  std::function<int()> rule = [] { return 1; };
};

extern Ledger ledger;

int read_string();
int read_vector();
int read_map();
int call_function();

void write_string();
void write_vector();
void write_map();
void set_function();
