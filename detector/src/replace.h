// SPDX-License-Identifier: Apache-2.0
//
// Functions of the C library that are replaced to record which bytes they touch (interpose_string.cpp,
// interpose_file.cpp).
//
// A definition has a name of its own in C++ and the library's name as its symbol: what the headers declare (noexcept,
// const overloads, aliases for large files) does not matter.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "detector/include/baton/race_abi.h"
#include "detector/src/access.h"
#include "detector/src/real.h"

// Declares our_`name`; its definition, BATON_REPLACED(name), follows.
#define BATON_REPLACE(result, name, ...)                                  \
  extern "C" [[gnu::used]] result our_##name(__VA_ARGS__) __asm__(#name); \
  extern "C" result our_##name(__VA_ARGS__)

// Calls the C library's function.
#define BATON_REPLACED(name, ...)                              \
  ([&] {                                                       \
    static constinit decltype(our_##name)* cache;              \
    return ::baton::detector::real(cache, #name)(__VA_ARGS__); \
  }())

// The call of the replaced function, for records. Macros: the addresses are those of the function it stands in.
#define BATON_READS(p, n) ::baton::detector::library_access(p, n, ::baton::detector::kRead, BATON_LIBRARY_CALL)
#define BATON_WRITES(p, n) ::baton::detector::library_access(p, n, ::baton::detector::kWrite, BATON_LIBRARY_CALL)
#define BATON_LIBRARY_CALL __builtin_return_address(0), __builtin_frame_address(0)

namespace baton::detector {

// An access to n bytes at p by the running task, if there is one.
inline void library_access(const void* p, size_t n, Kind kind, const void* pc, const void* frame) {
  Task* task = current_task;
  if (task == nullptr || n == 0) return;
  access(*task, reinterpret_cast<uintptr_t>(p), n, kind, call_site(*task, __baton_ctx, pc, frame));
}

// Whether what a replaced function does is the program's doing.
inline bool is_watched() { return current_task != nullptr && current_task->ignore_depth == 0; }

}  // namespace baton::detector
