// SPDX-License-Identifier: Apache-2.0
//
// Containers whose code lies in part in the C++ library: an insertion races with a find, an iteration, a push.
// RUN: for level in -O0 -O2; do %baton_cxx -race $level %s -o %t; for kind in map_find map_walk list_push; do \
// RUN:   %exits 66 %t $kind 2>&1 | FileCheck --check-prefix=$kind %s || exit 1; done; done
#include <list>
#include <map>
#include <string>

#include "Inputs/order.h"
using namespace baton;

std::map<int, int> map;
std::list<int> list;
long seen;

int main(int, char** argv) {
  std::string kind = argv[1];
  for (int i = 0; i < 100; i += 2) map[i] = i;
  go([kind] {
    if (kind == "list_push") {
      list.push_back(1);
    } else {
      map[1001] = 1;
    }
    next_turn();
  });
  await_turn(1);
  if (kind == "map_find") seen = map.find(1001) != map.end();
  if (kind == "map_walk") {
    for (auto& [key, value] : map) seen += key;
  }
  if (kind == "list_push") list.push_back(2);
}
// map_find: WARNING: DATA RACE
// map_find: by main goroutine:
// map_find: found_in_standard_containers.cpp:29 +0x
// map_find: Previous write at 0x{{[0-9a-f]+}} by goroutine 2:
// map_find: found_in_standard_containers.cpp:24 +0x
// map_walk: WARNING: DATA RACE
// map_walk: by main goroutine:
// map_walk: found_in_standard_containers.cpp:31 +0x
// map_walk: Previous write at 0x{{[0-9a-f]+}} by goroutine 2:
// map_walk: found_in_standard_containers.cpp:24 +0x
// list_push: WARNING: DATA RACE
// list_push: by main goroutine:
// list_push: found_in_standard_containers.cpp:33 +0x
// list_push: Previous {{read|write}} at 0x{{[0-9a-f]+}} by goroutine 2:
// list_push: found_in_standard_containers.cpp:22 +0x
