// SPDX-License-Identifier: Apache-2.0
//
// Memory of the runtime itself: taken from the kernel in large pieces, handed out by bumping, never given back. It is
// not malloc's because malloc belongs to the program: the detector records what it hands out.
//
// Rules:
//  * Blocks are zeroed, aligned to 64 bytes, and type-stable: a user of slabs recycles its objects in a free list, so a
//    stale pointer still points at an object of that type.
//  * Thread-safe; may be called before main.
#pragma once

#include <stddef.h>

namespace baton::rt {

// A zeroed block of n bytes. Ends the process if the kernel refuses memory.
void* slab_alloc(size_t n) noexcept;

// Fresh zeroed pages (n is rounded up), and their return. Ends the process if the kernel refuses.
void* pages_alloc(size_t n) noexcept;
void pages_free(void* p, size_t n) noexcept;

}  // namespace baton::rt
