// SPDX-License-Identifier: Apache-2.0
//
// The frames of a stack as a person sees them: functions, files and lines, inlined calls expanded, from the first frame
// of the program's own to main or to the entry of the goroutine.
//
// Each return address is looked up in the debug information once per process; names are kept once. Guarded by the mutex
// of report.cpp.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "detector/src/arena.h"
#include "detector/src/context.h"

namespace baton::detector {

struct Frame {
  const char* function;   // demangled, with parameter types; "??" when unknown
  const char* full_name;  // the same with names of the C++ library in full
  const char* file;       // without strip_path_prefix; null when unknown
  const char* path;       // as the compiler wrote it; null when unknown
  const char* module;     // the executable or shared library
  uintptr_t pc;           // the return address
  uintptr_t offset;       // of the return address from the entry of the machine function
  int line;
  int column;  // 0 when unknown
  bool inlined;
};

using Stack = List<const Frame*>;

Stack shown_stack(Arena& arena, ContextId context);

// The function that is called by the call instruction before `pc`, demangled; null if it is not called by its address.
const char* called_function(uintptr_t pc);

// A path without strip_path_prefix, as reports show it; null for null.
const char* shown_file(const char* path);

// One copy of a text for the life of the process.
const char* keep_text(const char* text);

// A demangled function from its qualified name on: "void f<int>(int)" without "void ".
const char* qualified_name(const char* function);

// Whether the function is of the C++ library or of baton itself.
bool is_library_function(const char* function);

}  // namespace baton::detector
