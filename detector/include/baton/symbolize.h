// SPDX-License-Identifier: Apache-2.0
//
// From a return address to function, file and line, with inlined frames: shared by race reports and goroutine dumps.
// A thin layer over libbacktrace; debug information is read on first use (tens of milliseconds).
#ifndef BATON_SYMBOLIZE_H_
#define BATON_SYMBOLIZE_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// One frame. `function` is demangled, with parameter types, and names of the C++ library as people write them
// (std::string); `full_name` is the same as the compiler writes it. Neither is null, "??" when unknown. `file` is null
// when unknown; `line` is then 0. `offset` is the distance of the return address from the entry of the machine
// function. The strings live until the callback returns.
typedef struct baton_frame {
  const char* function;
  const char* full_name;
  const char* file;
  int line;
  uintptr_t offset;
  int inlined;  // 1: expanded into the frame that follows, which has the same return address
} baton_frame;

// Calls `each` for the frames at `return_pc`, innermost inlined function first, until it returns 0. Thread-safe; may
// allocate memory; needs about 64 KB of stack.
void __baton_symbolize(uintptr_t return_pc, int (*each)(void* arg, const baton_frame* frame), void* arg);

// The name and extent of the global variable that holds `address`, from the symbol table. Returns 0 if there is none.
int __baton_symbolize_data(uintptr_t address, char* name, uintptr_t name_size, uintptr_t* start, uintptr_t* size);

#ifdef __cplusplus
}
#endif

#endif  // BATON_SYMBOLIZE_H_
