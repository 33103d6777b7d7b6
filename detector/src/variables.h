// SPDX-License-Identifier: Apache-2.0
//
// Which variable an address belongs to: globals, thread-locals, locals on any stack, and fields of heap blocks.
// Guarded by the mutex of report.cpp; what is returned lives for ever.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "detector/src/context.h"

namespace baton::detector {

struct Variable {
  const char* name = nullptr;  // the accessed part, as C++ writes it
  const char* root = nullptr;  // the variable
  const char* type = nullptr;  // of the part
  uintptr_t address = 0;       // of the variable
  size_t size = 0;
  const char* file = nullptr;  // of the declaration
  int line = 0;
  bool thread_local_storage = false;
};

// The global or thread-local variable that holds [address, address + size).
bool find_static(uintptr_t address, size_t size, Variable* variable);

// The local variable that holds it, on the stack that ends at `stack_end`.
bool find_local(uintptr_t address, size_t size, uintptr_t stack_end, Variable* variable);

// The field or element of a heap block of `block_size` bytes at `block`, allocated in context `allocation` and accessed
// in `access`.
bool find_in_block(uintptr_t address, size_t size, uintptr_t block, size_t block_size, ContextId allocation,
                   ContextId access, Variable* variable);

}  // namespace baton::detector
