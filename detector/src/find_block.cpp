// SPDX-License-Identifier: Apache-2.0
//
// The heap block of an address, for reports: the shadow knows where blocks start, and the search goes down from there.

#include <sys/uio.h>
#include <unistd.h>

#include <atomic>

#include "detector/src/freed_blocks.h"
#include "detector/src/heap_block.h"
#include "detector/src/shadow.h"

namespace baton::detector {
namespace {

// Bounds for find_block: no block starts below the one, none is larger than the other. Written by allocate(), rarely.
// Relaxed: a report that misses a block which is being allocated at this moment loses nothing.
constinit std::atomic<uintptr_t> lowest_block{UINTPTR_MAX};
constinit std::atomic<size_t> largest_block{0};

// Reads a header that another thread may be giving back to the system at this moment.
bool read_header(uintptr_t block, Header* header) {
  iovec to = {header, sizeof *header};
  iovec from = {reinterpret_cast<void*>(block - sizeof *header), sizeof *header};
  return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == static_cast<ssize_t>(sizeof *header) &&
         header->magic == magic_of(block);
}

}  // namespace

void note_bounds(uintptr_t block, size_t size) {
  uintptr_t lowest = lowest_block.load(std::memory_order_relaxed);
  while (block < lowest && !lowest_block.compare_exchange_weak(lowest, block, std::memory_order_relaxed)) {
  }
  size_t largest = largest_block.load(std::memory_order_relaxed);
  while (size > largest && !largest_block.compare_exchange_weak(largest, size, std::memory_order_relaxed)) {
  }
}

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
      const uintptr_t block = line + place * kMinAlignment;
      if ((starts & (1u << place)) == 0 || block > address) continue;
      Header header;
      FreedBlock freed;
      if (read_header(block, &header)) {
        if (address - block >= header.size) return false;
        *info = {.start = block,
                 .size = header.size,
                 .context = header.context,
                 .task_id = lengthened(header.task_id),
                 .freed_by = 0,
                 .release = 0};
        return true;
      }
      if (find_freed(block, &freed) && address - block < freed.size) {
        *info = {.start = block,
                 .size = freed.size,
                 .context = freed.allocation,
                 .task_id = freed.allocated_by,
                 .freed_by = freed.freed_by,
                 .release = freed.release};
        return true;
      }
    }
  }
  return false;
}

}  // namespace baton::detector
