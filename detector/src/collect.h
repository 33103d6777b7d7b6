// SPDX-License-Identifier: Apache-2.0
//
// The search for what the shadow still names: finished tasks that no access in the shadow belongs to are forgotten, and
// their chains come back into use (chain.h). So a program that starts and ends goroutines for ever needs memory for
// those alone whose accesses could still race.
//
// Exact: a task that has ended records nothing any more, so an epoch of it that is in the shadow after the search was
// in the same line before it, and was seen there. Lines are locked one by one; the program goes on meanwhile.
//
// Cost: about 2 ns for each line of touched pages, once for as many new owners as were left by the last search (at
// least kFewestOwners, and more where the shadow is large): a constant number of lines for each goroutine.
#pragma once

#include <stdint.h>

namespace baton::detector {

// Searches, if enough tasks recorded something since the last time. Called with no line locked.
void collect_if_due();

// Searches in any case, unless another thread does.
void collect();

}  // namespace baton::detector
