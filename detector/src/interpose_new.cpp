// SPDX-License-Identifier: Apache-2.0
//
// operator new and delete, replaced so that the place of an allocation is the `new` expression and not the inside of
// the C++ library. In a file of its own: a program that has its own operator new keeps it, and is then seen through
// malloc.

#include <stddef.h>
#include <stdint.h>

#include <new>

#include "detector/src/heap.h"

namespace std {
[[noreturn]] void __throw_bad_alloc();  // libstdc++: this file is compiled without exceptions
}

namespace baton::detector {
namespace {

// The loop that the standard asks for: the new handler may make room.
void* allocate_or_throw(size_t size, size_t alignment, const void* pc, const void* frame) {
  for (;;) {
    if (void* p = allocate(size, alignment, false, pc, frame)) return p;
    std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) std::__throw_bad_alloc();
    handler();
  }
}

}  // namespace
}  // namespace baton::detector

using namespace baton::detector;

#define BATON_HERE __builtin_return_address(0), __builtin_frame_address(0)

void* operator new(size_t n) { return allocate_or_throw(n, kMinAlignment, BATON_HERE); }
void* operator new[](size_t n) { return allocate_or_throw(n, kMinAlignment, BATON_HERE); }
void* operator new(size_t n, std::align_val_t a) { return allocate_or_throw(n, static_cast<size_t>(a), BATON_HERE); }
void* operator new[](size_t n, std::align_val_t a) { return allocate_or_throw(n, static_cast<size_t>(a), BATON_HERE); }
void* operator new(size_t n, const std::nothrow_t&) noexcept { return allocate(n, kMinAlignment, false, BATON_HERE); }
void* operator new[](size_t n, const std::nothrow_t&) noexcept { return allocate(n, kMinAlignment, false, BATON_HERE); }
void* operator new(size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
  return allocate(n, static_cast<size_t>(a), false, BATON_HERE);
}
void* operator new[](size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
  return allocate(n, static_cast<size_t>(a), false, BATON_HERE);
}

void operator delete(void* p) noexcept { release_block(p, BATON_HERE); }
void operator delete[](void* p) noexcept { release_block(p, BATON_HERE); }
void operator delete(void* p, size_t) noexcept { release_block(p, BATON_HERE); }
void operator delete[](void* p, size_t) noexcept { release_block(p, BATON_HERE); }
void operator delete(void* p, std::align_val_t) noexcept { release_block(p, BATON_HERE); }
void operator delete[](void* p, std::align_val_t) noexcept { release_block(p, BATON_HERE); }
void operator delete(void* p, size_t, std::align_val_t) noexcept { release_block(p, BATON_HERE); }
void operator delete[](void* p, size_t, std::align_val_t) noexcept { release_block(p, BATON_HERE); }
void operator delete(void* p, const std::nothrow_t&) noexcept { release_block(p, BATON_HERE); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { release_block(p, BATON_HERE); }
void operator delete(void* p, std::align_val_t, const std::nothrow_t&) noexcept { release_block(p, BATON_HERE); }
void operator delete[](void* p, std::align_val_t, const std::nothrow_t&) noexcept { release_block(p, BATON_HERE); }
