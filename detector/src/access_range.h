// SPDX-License-Identifier: Apache-2.0
//
// Accesses to many lines at once: what a loop touched (race_abi.h), or a copy. Most lines were met before in the same
// epoch, so these are skipped four at a time, with vector instructions: not on the way of cold calls (cold.h).
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "detector/src/context.h"
#include "detector/src/shadow.h"
#include "detector/src/task.h"

namespace baton::detector {

// As access(), for kRead and kWrite.
void access_range(Task& task, uintptr_t address, size_t size, Kind kind, const CallSite& site);

}  // namespace baton::detector
