// SPDX-License-Identifier: Apache-2.0
//
// Memory that the program maps and unmaps itself. What goes away is written, as by free(), and then has no history;
// what comes is fresh. Mappings that the C library makes for itself do not come here: heap.cpp sees the large blocks,
// interpose_thread.cpp the stacks of threads.
//
// The history goes before the system call: afterwards the addresses may belong to another thread already.

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "detector/src/given_back.h"
#include "detector/src/interpose.h"
#include "detector/src/replace.h"

namespace baton::detector {

void use_interposed_map() {}

namespace {

size_t whole_pages(size_t n) { return (n + kMemoryPage - 1) & ~(kMemoryPage - 1); }

bool begins_page(const void* p) { return reinterpret_cast<uintptr_t>(p) % kMemoryPage == 0; }

// [p, p+n) goes away, in the name of the call at `pc`.
void go_away(const void* p, size_t n, const void* pc, const void* frame) {
  const uintptr_t lo = reinterpret_cast<uintptr_t>(p);
  Task* task = current_task;
  if (task == nullptr || task->ignore_depth != 0) {
    drop_history(lo, n);
  } else {
    give_back_range(*task, lo, n, call_site(*task, current_context(), pc, frame));
  }
}

void* map(void* p, size_t n, int protection, int flags, int file, off_t offset, const void* pc, const void* frame) {
  // Over what was there before.
  const bool replaces = (flags & MAP_FIXED) != 0 && (flags & MAP_FIXED_NOREPLACE) != MAP_FIXED_NOREPLACE;
  if (replaces && begins_page(p)) go_away(p, whole_pages(n), pc, frame);
  void* result = reinterpret_cast<void*>(syscall(SYS_mmap, p, n, protection, flags, file, offset));
  if (result != MAP_FAILED && !replaces) drop_history(reinterpret_cast<uintptr_t>(result), whole_pages(n));
  return result;
}

}  // namespace
}  // namespace baton::detector

using namespace baton::detector;

BATON_REPLACE(void*, mmap, void* p, size_t n, int protection, int flags, int file, off_t offset) {
  return map(p, n, protection, flags, file, offset, BATON_LIBRARY_CALL);
}

BATON_REPLACE(void*, mmap64, void* p, size_t n, int protection, int flags, int file, off_t offset) {
  return map(p, n, protection, flags, file, offset, BATON_LIBRARY_CALL);
}

BATON_REPLACE(int, munmap, void* p, size_t n) {
  if (begins_page(p)) go_away(p, whole_pages(n), BATON_LIBRARY_CALL);
  return static_cast<int>(syscall(SYS_munmap, p, n));
}

// What moves is new at its new place. What cannot move and grows may be refused, and keeps its history.
BATON_REPLACE(void*, mremap, void* p, size_t before, size_t after, int flags, ...) {
  void* wanted = nullptr;
  if ((flags & MREMAP_FIXED) != 0) {
    va_list rest;
    va_start(rest, flags);
    wanted = va_arg(rest, void*);
    va_end(rest);
  }
  const size_t had = whole_pages(before);
  const size_t has = whole_pages(after);
  if (begins_page(p)) {
    if (wanted != nullptr) go_away(wanted, has, BATON_LIBRARY_CALL);
    if ((flags & MREMAP_FIXED) != 0 || (has > had && (flags & MREMAP_MAYMOVE) != 0)) {
      go_away(p, had, BATON_LIBRARY_CALL);
    } else if (has < had) {
      go_away(static_cast<char*>(p) + has, had - has, BATON_LIBRARY_CALL);
    }
  }
  void* result = reinterpret_cast<void*>(syscall(SYS_mremap, p, before, after, flags, wanted));
  if (result == MAP_FAILED) return result;
  if (result != p) {
    drop_history(reinterpret_cast<uintptr_t>(result), has);
  } else if (has > had) {
    drop_history(reinterpret_cast<uintptr_t>(p) + had, has - had);
  }
  return result;
}

BATON_REPLACE(int, madvise, void* p, size_t n, int advice) {
  const bool empties = advice == MADV_DONTNEED || advice == MADV_REMOVE || advice == MADV_FREE;
  if (empties && begins_page(p)) go_away(p, whole_pages(n), BATON_LIBRARY_CALL);
  return static_cast<int>(syscall(SYS_madvise, p, n, advice));
}

BATON_REPLACE(int, brk, void* end) {
  const char* before = static_cast<char*>(sbrk(0));
  if (end < before) go_away(end, static_cast<size_t>(before - static_cast<char*>(end)), BATON_LIBRARY_CALL);
  return BATON_REPLACED(brk, end);
}

BATON_REPLACE(void*, sbrk, intptr_t change) {
  if (change < 0) {
    const char* before = static_cast<char*>(BATON_REPLACED(sbrk, 0));
    go_away(before + change, static_cast<size_t>(-change), BATON_LIBRARY_CALL);
  }
  return BATON_REPLACED(sbrk, change);
}
