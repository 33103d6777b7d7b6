// SPDX-License-Identifier: Apache-2.0
//
// How a function that the detector replaces calls the one of the C library that it hides.
#pragma once

#include <dlfcn.h>

#include "detector/src/mem.h"

namespace baton::detector {

// The C library's function that our definition hides. `version` is null but for names that exist in two versions.
template <class Function>
Function* real(Function*(&cache), const char* name, const char* version = nullptr) {
  // Racing threads find the same address; relaxed, because nothing else is published.
  Function* function = __atomic_load_n(&cache, __ATOMIC_RELAXED);
  if (function == nullptr) {
    void* found = version != nullptr ? dlvsym(RTLD_NEXT, name, version) : dlsym(RTLD_NEXT, name);
    if (found == nullptr) die(name);
    function = reinterpret_cast<Function*>(found);
    __atomic_store_n(&cache, function, __ATOMIC_RELAXED);
  }
  return function;
}

}  // namespace baton::detector

// Calls the hidden function `name` with `arguments`.
#define BATON_REAL(name, ...)                                  \
  ([&] {                                                       \
    static constinit decltype(name)* cache;                    \
    return ::baton::detector::real(cache, #name)(__VA_ARGS__); \
  }())
#define BATON_REAL_VERSION(version, name, ...)                          \
  ([&] {                                                                \
    static constinit decltype(name)* cache;                             \
    return ::baton::detector::real(cache, #name, version)(__VA_ARGS__); \
  }())
