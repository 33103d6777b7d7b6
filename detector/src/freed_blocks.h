// SPDX-License-Identifier: Apache-2.0
//
// What is remembered of heap blocks after they were freed, for reports: their size, where they were allocated, and by
// whom they were freed. That a use is not ordered with the free is found in the shadow (heap.h); this is only the text.
//
// Bounded: one place for each hash of a block's address. A program that frees and allocates for ever uses the same
// addresses again, and so the same places; the facts of a block are lost when another one with its hash is freed (one
// in 65,536).
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "detector/src/context.h"

namespace baton::detector {

struct FreedBlock {
  size_t size;
  ContextId allocation;
  ContextId release;
  uint64_t allocated_by;  // id of a task
  uint64_t freed_by;
};

void init_freed_blocks();

// The block is about to be freed. Lock-free.
void note_freed(uintptr_t block, const FreedBlock& facts);

// The facts of a block that was freed; it may have become part of another one since then.
bool find_freed(uintptr_t block, FreedBlock* facts);

}  // namespace baton::detector
