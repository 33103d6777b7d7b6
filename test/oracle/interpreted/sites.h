// SPDX-License-Identifier: Apache-2.0
//
// Sites: each operation of a program runs in a stack frame of its own, so that the detector, which knows accesses by
// their stacks, knows every operation by another name. And what the detector found, in terms of sites.
#pragma once

#include <cstdint>
#include <vector>

#include "test/oracle/checker.h"

namespace oracle {

// Before anything else.
void init_sites();

// Calls f(argument) with the stack of `site`.
void at_site(int site, void (*f)(void*), void* argument);

// The calling context to hand to the detector for accesses made there.
inline uint64_t context_of_site(int site) { return static_cast<uint64_t>(site + 1) << 8; }

// The memory that findings are translated to: an address in [begin, begin + size) is byte (number << 32) + offset. A
// later block hides earlier ones. Safe to call from several goroutines.
void clear_blocks();
void add_block(const void* begin, uint64_t size, int number);

// What was found since the last call.
std::vector<Finding> take_findings();

}  // namespace oracle
