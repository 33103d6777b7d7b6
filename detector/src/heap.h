// SPDX-License-Identifier: Apache-2.0
//
// Heap blocks. malloc and its family, and operator new and delete, are replaced in checked programs
// (interpose_malloc.cpp, interpose_new.cpp); the memory still comes from the C library.
//
// A block is preceded by 16 bytes of our own: its size, who allocated it and where. The shadow of its first line has a
// bit that says "a block starts here", so that a report can find the block of any address in it. Handing out a block
// drops the history of its memory; freeing it is a write of the whole block, which stays in the shadow until the memory
// is handed out again, or is unmapped: so a use that is not ordered with the free is found, whichever comes first.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "detector/src/context.h"

namespace baton::detector {

struct BlockInfo {
  uintptr_t start;
  size_t size;
  ContextId context;  // of the allocation
  uint64_t task_id;   // 0: allocated outside of any task
  uint64_t freed_by;  // id of the task that freed it; 0: nobody has
  ContextId release;  // of the free
};

constexpr size_t kMinAlignment = 16;

// Memory for `size` bytes at a multiple of `alignment` (a power of two); null and errno ENOMEM if there is none.
void* allocate(size_t size, size_t alignment, bool zeroed, const void* pc, const void* frame);

// Gives a block back; null is allowed. A block that is not in use ends the process, as the C library would.
void release_block(void* p, const void* pc, const void* frame);

// realloc() of a block, for a size that is not 0: the free of the old block and a fresh one. It stays where it is if
// there is room; then bytes that are given up stay freed.
void* reallocate(void* p, size_t size, const void* pc, const void* frame);

// The size a block was asked for.
size_t block_size(const void* p);

// The heap block that contains `address`: a live one, or one that was freed and whose memory is not in use again.
bool find_block(uintptr_t address, BlockInfo* info);

}  // namespace baton::detector
