// SPDX-License-Identifier: Apache-2.0
//
// Vector clocks: a map from chain to epoch, ordered by "every component at least as large".
//
// The naive model, which clock_test.cpp holds this against, is an array:
//     get(c) = a[c];   set(c, e): a[c] = e;   join(b): for all c: a[c] = max(a[c], b[c]).
//
// The representation is a persistent radix tree of 16-way nodes with reference counts. Copying a clock is O(1); a node
// that somebody else can see is never changed, a private one is changed in place; join() visits only what the two trees
// do not share. So a release that publishes a clock costs nothing, and a thousand goroutines that inherited one clock
// hold one copy of it. A flat array was rejected: 100,000 goroutines that each know of each other would need 80 GB.
//
// A Clock object itself is not thread-safe: it belongs to a task, or to a sync object under its line's lock. Different
// Clock objects may share nodes and be used by different threads at the same time.
#pragma once

#include <stdint.h>

namespace baton::detector {

class Clock {
 public:
  constexpr Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;

  // Reserves the node pools. Once, before any other use.
  static void init_pools();

  uint64_t get(uint32_t chain) const;
  // Raises or lowers one component.
  void set(uint32_t chain, uint64_t epoch);
  // Becomes the least clock that is not below either. Returns whether anything changed.
  bool join(const Clock& other);
  // Becomes equal to `other`, sharing its nodes.
  void assign(const Clock& other);
  // Becomes the empty clock: every component 0.
  void clear();
  bool empty() const { return root_ == 0; }

 private:
  uint32_t root_ = 0;   // node index; 0: empty
  uint32_t level_ = 0;  // height: the tree covers 16^(level_+1) chains; 0: the root is a leaf

  void grow_to(uint32_t level);
};

}  // namespace baton::detector
