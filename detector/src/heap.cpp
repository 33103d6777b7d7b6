// SPDX-License-Identifier: Apache-2.0

#include "detector/src/heap.h"

#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>

#include "detector/src/access.h"
#include "detector/src/chain.h"
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

struct Header {
  uint64_t size : 40;
  uint64_t alignment_log2 : 8;
  uint64_t magic : 16;  // of the block's address: tells a header from other bytes
  ContextId context;
  uint32_t task_id;
};
static_assert(sizeof(Header) == kMinAlignment);

// A task's id in 32 bits: the upper one says that it is a thread.
constexpr uint32_t kShortThreadBit = 1u << 31;
uint32_t shortened(uint64_t id) {
  return (static_cast<uint32_t>(id) & ~kShortThreadBit) | ((id & kThreadBit) != 0 ? kShortThreadBit : 0);
}
uint64_t lengthened(uint32_t id) { return (id & ~kShortThreadBit) | ((id & kShortThreadBit) != 0 ? kThreadBit : 0); }

constexpr size_t kMaxBlock = (1ull << 40) - 1;

// Bounds for find_block: no block starts below the one, none is larger than the other. Written by allocate(), rarely.
// Relaxed: a report that misses a block which is being allocated at this moment loses nothing.
constinit std::atomic<uintptr_t> lowest_block{UINTPTR_MAX};
constinit std::atomic<size_t> largest_block{0};

void note_bounds(uintptr_t block, size_t size) {
  uintptr_t lowest = lowest_block.load(std::memory_order_relaxed);
  while (block < lowest && !lowest_block.compare_exchange_weak(lowest, block, std::memory_order_relaxed)) {
  }
  size_t largest = largest_block.load(std::memory_order_relaxed);
  while (size > largest && !largest_block.compare_exchange_weak(largest, size, std::memory_order_relaxed)) {
  }
}

uint16_t magic_of(uintptr_t block) { return static_cast<uint16_t>((block * 0x9e3779b97f4a7c15ull) >> 48 | 1); }

Header* header_of(const void* p) { return reinterpret_cast<Header*>(reinterpret_cast<uintptr_t>(p)) - 1; }

// Reads a header that another thread may be giving back to the system at this moment.
bool read_header(uintptr_t block, Header* header) {
  iovec to = {header, sizeof *header};
  iovec from = {reinterpret_cast<void*>(block - sizeof *header), sizeof *header};
  return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == static_cast<ssize_t>(sizeof *header) &&
         header->magic == magic_of(block);
}

// The free of a block, as a write of it. Pages of the shadow that nobody touched are skipped: a large block whose
// memory was never accessed costs nothing.
void record_free(Task& task, uintptr_t block, size_t size, const CallSite& site) {
  for (uintptr_t end = block + size; block < end;) {
    uintptr_t page_end = (block | ((1ull << kPageShift) - 1)) + 1;
    uintptr_t stop = page_end < end ? page_end : end;
    if (page_touched(block)) access(task, block, stop - block, kFree, site);
    block = stop;
  }
}

}  // namespace

void* allocate(size_t size, size_t alignment, bool zeroed, const void* pc, const void* frame) {
  if (size > kMaxBlock) {
    errno = ENOMEM;
    return nullptr;
  }
  if (alignment < kMinAlignment) alignment = kMinAlignment;
  void* raw = alignment > kMinAlignment ? __libc_memalign(alignment, size + alignment)
              : zeroed                  ? __libc_calloc(1, size + alignment)
                                        : __libc_malloc(size + alignment);
  if (raw == nullptr) return nullptr;
  uintptr_t block = reinterpret_cast<uintptr_t>(raw) + alignment;
  void* p = reinterpret_cast<void*>(block);
  Header* header = header_of(p);
  *header = {.size = size,
             .alignment_log2 = static_cast<uint64_t>(__builtin_ctzll(alignment)),
             .magic = magic_of(block),
             .context = 0,
             .task_id = 0};
  if (shadow_base() == nullptr) return p;
  Task* task = current_task;
  if (task == nullptr || task->ignore_depth != 0) {
    reset_shadow(block, size);
  } else {
    reset_for_block(block, size);
    header->context = context_of(call_site(*task, current_context(), pc, frame));
    header->task_id = shortened(task->id);
    note_bounds(block, size);
  }
  return p;
}

void release_block(void* p, const void* pc, const void* frame) {
  if (p == nullptr) return;
  uintptr_t block = reinterpret_cast<uintptr_t>(p);
  Header* header = header_of(p);
  if (header->magic != magic_of(block)) {
    __libc_free(p);  // not a block of ours, or freed twice: the C library says so
    return;
  }
  if (shadow_base() != nullptr) {
    Task* task = current_task;
    if (task != nullptr && task->ignore_depth == 0) {
      record_free(*task, block, header->size, call_site(*task, current_context(), pc, frame));
    }
  }
  header->magic = 0;
  __libc_free(reinterpret_cast<void*>(block - (1ull << header->alignment_log2)));
}

size_t block_size(const void* p) { return header_of(p)->size; }

bool find_block(uintptr_t address, BlockInfo* info) {
  uintptr_t lowest = lowest_block.load(std::memory_order_relaxed);
  size_t largest = largest_block.load(std::memory_order_relaxed);
  if (address < lowest) return false;
  if (address - lowest > largest) lowest = address - largest;
  for (uintptr_t line = address & ~(kLineBytes - 1); line + kLineBytes > lowest; line -= kLineBytes) {
    if (!page_touched(line)) {
      line &= ~((1ull << kPageShift) - 1);  // the loop goes on below this page
      continue;
    }
    for (uint32_t starts = line_of(line).block_starts(), place = 4; place-- > 0;) {
      uintptr_t block = line + place * kMinAlignment;
      Header header;
      if ((starts & (1u << place)) == 0 || block > address || !read_header(block, &header)) continue;
      if (address - block >= header.size) return false;
      *info = {.start = block, .size = header.size, .context = header.context, .task_id = lengthened(header.task_id)};
      return true;
    }
  }
  return false;
}

}  // namespace baton::detector
