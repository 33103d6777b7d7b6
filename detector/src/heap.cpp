// SPDX-License-Identifier: Apache-2.0

#include "detector/src/heap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "detector/src/access.h"
#include "detector/src/freed_blocks.h"
#include "detector/src/given_back.h"
#include "detector/src/heap_block.h"
#include "detector/src/shadow.h"

extern "C" {
// The C library's own allocator, under the names that replacements are meant to use.
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
void __libc_free(void* p);
}

namespace baton::detector {
namespace {

constexpr size_t kMaxBlock = (1ull << 40) - 1;
constexpr size_t kSmallBlock = 1024;  // to realloc: not worth the thought

// Of several goroutines that free a block at the same time, one succeeds.
bool take_magic(Header* header) {
  uint64_t* word = reinterpret_cast<uint64_t*>(header);
  uint64_t before = __atomic_load_n(word, __ATOMIC_RELAXED);
  Header after = *header;
  after.magic = 0;
  uint64_t wanted;
  memcpy(&wanted, &after, sizeof wanted);
  return before != wanted &&
         __atomic_compare_exchange_n(word, &before, wanted, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
}

// The bytes that are a block's for the shadow: up to the next header, so that they are whole words. What lies between
// is nobody's.
size_t shadow_size(size_t size) { return (size + kMinAlignment - 1) & ~(kMinAlignment - 1); }

// The task for which allocations and frees are recorded; null if there is none.
Task* watched_task() {
  Task* task = shadow_base() != nullptr ? current_task : nullptr;
  return task != nullptr && task->ignore_depth == 0 ? task : nullptr;
}

// A write of a block, or of a part of it. Pages of the shadow that nobody touched are skipped: a large block whose
// memory was never accessed costs nothing.
void record_write(Task& task, uintptr_t lo, size_t n, Kind kind, const CallSite& site) {
  for (const uintptr_t end = lo + n; lo < end;) {
    const uintptr_t page_end = (lo | ((1ull << kPageShift) - 1)) + 1;
    const uintptr_t stop = page_end < end ? page_end : end;
    if (page_touched(lo)) access(task, lo, stop - lo, kind, site);
    lo = stop;
  }
}

// The free of a block.
void record_free(Task& task, void* p, const CallSite& site) {
  const uintptr_t block = reinterpret_cast<uintptr_t>(p);
  const Header& header = *header_of(p);
  note_freed(block, {.size = header.size,
                     .allocation = header.context,
                     .release = context_of(site),
                     .allocated_by = lengthened(header.task_id),
                     .freed_by = task.id});
  if (is_mapped(start_of_chunk(p))) {
    give_back_range(task, block, header.size, site);
  } else {
    record_write(task, block, header.size, kFree, site);
  }
}

// A free of what is not a block in use. The C library would say so too, if it noticed, but not who freed it before.
[[gnu::noinline]] void free_unknown(void* p, const CallSite* site) {
  const uintptr_t block = reinterpret_cast<uintptr_t>(p);
  FreedBlock freed;
  if (!find_freed(block, &freed)) {
    __libc_free(p);
    return;
  }
  if (site != nullptr) access(*current_task, block, freed.size != 0 ? freed.size : 1, kFree, *site);
  const bool by_thread = (freed.freed_by & kThreadBit) != 0;
  char line[160];
  const int length = snprintf(
      line, sizeof line, "fatal error: double free of a heap block of size %zu at 0x%012lx, freed before by %s%llu\n",
      freed.size, static_cast<unsigned long>(block), by_thread ? "thread T" : "goroutine ",
      static_cast<unsigned long long>(freed.freed_by & ~kThreadBit));
  if (write(STDERR_FILENO, line, static_cast<size_t>(length)) >= 0) abort();
  abort();
}

// A block of `size` bytes in a chunk with room for `room`; null if there is no memory.
void* make_block(size_t size, size_t room, size_t alignment, bool zeroed) {
  if (room > kMaxBlock) {
    errno = ENOMEM;
    return nullptr;
  }
  void* chunk = alignment > kMinAlignment ? __libc_memalign(alignment, room + alignment)
                : zeroed                  ? __libc_calloc(1, room + alignment)
                                          : __libc_malloc(room + alignment);
  if (chunk == nullptr) return nullptr;
  void* p = static_cast<char*>(chunk) + alignment;
  *header_of(p) = {.size = size,
                   .alignment_log2 = static_cast<uint64_t>(__builtin_ctzll(alignment)),
                   .magic = magic_of(reinterpret_cast<uintptr_t>(p)),
                   .context = 0,
                   .task_id = 0};
  return p;
}

void name_block(void* p, const Task& task, const CallSite& site) {
  Header* header = header_of(p);
  header->context = context_of(site);
  header->task_id = shortened(task.id);
  note_bounds(reinterpret_cast<uintptr_t>(p), header->size);
}

// A block is handed out: its memory has no history.
void begin_block(void* p, const void* pc, const void* frame) {
  const uintptr_t block = reinterpret_cast<uintptr_t>(p);
  if (Task* task = watched_task()) {
    reset_for_block(block, shadow_size(header_of(p)->size));
    name_block(p, *task, call_site(*task, current_context(), pc, frame));
  } else if (shadow_base() != nullptr) {
    reset_shadow(block, shadow_size(header_of(p)->size));
  }
}

}  // namespace

void* allocate(size_t size, size_t alignment, bool zeroed, const void* pc, const void* frame) {
  void* p = make_block(size, size, alignment < kMinAlignment ? kMinAlignment : alignment, zeroed);
  if (p != nullptr) begin_block(p, pc, frame);
  return p;
}

void release_block(void* p, const void* pc, const void* frame) {
  if (p == nullptr) return;
  Task* task = watched_task();
  const CallSite site = task != nullptr ? call_site(*task, current_context(), pc, frame) : CallSite{};
  if (!is_block(p)) {
    free_unknown(p, task != nullptr ? &site : nullptr);
    return;
  }
  void* chunk = start_of_chunk(p);
  if (task != nullptr) {
    record_free(*task, p, site);
  } else if (is_mapped(chunk)) {
    drop_history(reinterpret_cast<uintptr_t>(p), header_of(p)->size);
  }
  if (take_magic(header_of(p))) {
    __libc_free(chunk);
  } else {
    free_unknown(p, task != nullptr ? &site : nullptr);
  }
}

namespace {

// A block becomes larger or smaller where it is.
void resize(void* p, size_t size, const void* pc, const void* frame) {
  const uintptr_t block = reinterpret_cast<uintptr_t>(p);
  Header* header = header_of(p);
  const size_t before = header->size;
  header->size = size;
  Task* task = watched_task();
  if (task == nullptr) {
    if (shadow_base() != nullptr) reset_shadow(block, shadow_size(before < size ? size : before));
    return;
  }
  const CallSite site = call_site(*task, current_context(), pc, frame);
  const size_t kept = size < before ? size : before;
  write_and_forget(*task, block, kept, site);
  record_write(*task, block + kept, before - kept, kFree, site);
  reset_for_block(block, size);
  name_block(p, *task, site);
}

}  // namespace

void* reallocate(void* p, size_t size, const void* pc, const void* frame) {
  const size_t before = is_block(p) ? block_size(p) : 0;
  if (is_block(p)) {
    // Much smaller: it moves, so that memory comes free.
    const size_t room = room_of(p);
    if (size <= room && room - size <= (room / 2 > kSmallBlock ? room / 2 : kSmallBlock)) {
      resize(p, size, pc, frame);
      return p;
    }
  }
  // What has grown will grow again: room that is not touched costs nothing, and spares copies.
  const size_t spare = size > before && size > kSmallBlock ? size / 8 : 0;
  void* moved = make_block(size, size + spare, kMinAlignment, false);
  if (moved == nullptr) return nullptr;
  begin_block(moved, pc, frame);
  memcpy(moved, p, before < size ? before : size);
  release_block(p, pc, frame);
  return moved;
}

size_t block_size(const void* p) { return header_of(p)->size; }

}  // namespace baton::detector
