// SPDX-License-Identifier: Apache-2.0
//
// std::shared_ptr and std::weak_ptr passed around and dropped by many goroutines; static local variables initialised by
// whoever comes first.
//
// RUN: for level in 0 2; do \
// RUN:   %baton_cxx -race -O$level %s -o %t && %S/Inputs/check.sh %t %rounds || exit 1; \
// RUN: done
#include "Inputs/rounds.h"

#include <memory>
#include <string>
#include <vector>

namespace {

struct Config {
  std::string name;
  std::vector<int> values;
};

struct Owner {
  int payload = 7;
  std::weak_ptr<Owner> self;
  ~Owner() { payload = 0; }
};

template <int N>
const std::vector<int>& table() {
  static const std::vector<int> values = [] {
    gosched();
    return std::vector<int>{N, N + 1, N + 2};
  }();
  return values;
}

int use_tables() { return table<1>()[0] + table<2>()[1] + table<3>()[2]; }

}  // namespace

void round_once(int) {
  WaitGroup wg;
  auto shared = std::make_shared<const Config>(Config{"a name that does not fit in the string", {1, 2, 3}});
  auto owner = std::make_shared<Owner>();
  owner->self = owner;
  auto out = make_chan<std::shared_ptr<const Config>>(2);
  for (int i = 0; i < 5; i++) {
    wg.go([shared, weak = std::weak_ptr<Owner>(owner), out] {
      require(use_tables() == 9, "a static local variable");
      auto copy = shared;
      require(copy->values.size() == 3, "the shared object");
      if (auto locked = weak.lock()) require(locked->payload == 7, "an object that is gone");
      gosched();
      if (auto locked = weak.lock()) require(locked->self.lock() == locked, "an object that is gone");
      out << std::move(copy);
    });
  }
  owner.reset();
  shared.reset();
  for (int i = 0; i < 5; i++) require(out.recv()->name.size() > 20, "a received object");
  wg.wait();
}
