// SPDX-License-Identifier: Apache-2.0
//
// Application memory that goes back to the system: unmapped, moved away by mremap, emptied by madvise, or a large heap
// block that the C library had mapped. Its history is dropped and the shadow behind it goes back too.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "detector/src/context.h"
#include "detector/src/task.h"

namespace baton::detector {

// Size of a page of memory.
constexpr uintptr_t kMemoryPage = 4096;

// Drops the history of [lo, lo+n). Nobody may use the memory meanwhile, or else what he does may be forgotten.
void drop_history(uintptr_t lo, size_t n);

// The running task writes [lo, lo+n) as a whole at `site`, after which its history is dropped: the memory stays.
void write_and_forget(Task& task, uintptr_t lo, size_t n, const CallSite& site);

// The same, and the memory goes.
void give_back_range(Task& task, uintptr_t lo, size_t n, const CallSite& site);

}  // namespace baton::detector
