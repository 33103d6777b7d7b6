// SPDX-License-Identifier: Apache-2.0
//
// accounts KIND: two goroutines touch one object of that kind without a lock; "none": with a lock.
#include <baton/baton.hpp>
#include <cstdio>
#include <string>

#include "checksum.h"
#include "ledger.h"

using namespace baton;

namespace {

template <class F, class G>
void both(F first, G second) {
  WaitGroup wg;
  wg.add(2);
  go([&] {
    defer(wg.done());
    first();
  });
  go([&] {
    defer(wg.done());
    second();
  });
  wg.wait();
}

}  // namespace

int main(int, char** argv) {
  const std::string kind = argv[1];
  int total = 0;
  if (kind == "string") both(write_string, [&] { total += read_string(); });
  if (kind == "vector") both(write_vector, [&] { total += read_vector(); });
  if (kind == "map") both(write_map, [&] { total += read_map(); });
  if (kind == "function") both(set_function, [&] { total += call_function(); });
  if (kind == "lambda") {
    both([&] { total += 1; },   // first lambda
         [&] { total += 2; });  // second lambda
  }
  if (kind == "none") {
    Mutex mu;
    auto locked = [&](auto f) {
      mu.lock();
      f();
      mu.unlock();
    };
    both([&] { locked(write_string); }, [&] { locked(read_string); });
  }
  std::printf("%s %d\n", kind.c_str(), checksum(kind.c_str()));
}
