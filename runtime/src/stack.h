// SPDX-License-Identifier: Apache-2.0
//
// Goroutine stacks: slots of reserved address space. The kernel gives a page when it is first touched, so a slot costs
// what the goroutine used of it, and there is no growing or copying (C++ keeps raw pointers into stacks).
//
//  * Slots have one size, a power of two: 256 KB, or what BATON_STACK and set_max_stack() say. A new size is for stacks
//    from then on; slots of other sizes wait until it is asked for again.
//  * The lowest page of a slot is the guard: running into it is a fault, never silent damage.
//  * Slots lie in chunks that are never unmapped. A free slot keeps its pages and is reused first (last in, first out).
//  * Stacks begin at one of 16 offsets below the top of their slot: if all began at the same one, the hot frames of all
//    goroutines would compete for the same lines of the first-level cache.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace baton::rt {

struct Stack {
  char* lo = nullptr;  // lowest usable byte, right above the guard
  char* hi = nullptr;  // where the stack begins; 16-byte aligned
  size_t slot = 0;     // size of the slot
};

inline constexpr size_t kGuardSize = 4096;

// The size of slots that stack_alloc hands out, in bytes.
size_t slot_size() noexcept;

// A slot with its guard in place. Ends the process if there is no address space left. Thread-safe.
Stack stack_alloc() noexcept;

// Gives the memory of a stack that nothing runs on back to the kernel; what is used of it again comes back as zeros.
void stack_trim(const Stack& stack) noexcept;

// Returns a slot that nothing runs on any more. Thread-safe.
void stack_free(Stack stack) noexcept;

}  // namespace baton::rt
