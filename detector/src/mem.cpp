// SPDX-License-Identifier: Apache-2.0

#include "detector/src/mem.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <new>

namespace baton::detector {
namespace {

void say(const char* line, int length) {
  if (length > 0 && write(STDERR_FILENO, line, static_cast<size_t>(length)) < 0) return;
}

constexpr int kBlockClasses = 48;           // by log2 of the size
constexpr size_t kBlockRegion = 256 << 10;  // smaller blocks are cut from pieces of this size

struct FreeBlock {
  FreeBlock* next;
};

constinit SpinLock blocks_lock;  // guards the three below
constinit FreeBlock* free_blocks[kBlockClasses] = {};
constinit char* region = nullptr;
constinit size_t region_left = 0;

}  // namespace

void* reserve(size_t size, const char* what) {
  constexpr int kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  void* p = reinterpret_cast<void*>(syscall(SYS_mmap, nullptr, size, PROT_READ | PROT_WRITE, kFlags, -1, 0));
  if (p == MAP_FAILED) {
    char line[256];
    say(line,
        snprintf(line, sizeof line,
                 "baton: race detector: cannot reserve address space for %s: %s. It reserves addresses, not memory: "
                 "`ulimit -v` must be unlimited, and vm.overcommit_memory not 2\n",
                 what, strerror(errno)));
    _exit(2);
  }
  syscall(SYS_madvise, p, size, MADV_NOHUGEPAGE);  // sparse tables: a huge page would make 2 MB of one touched line
  syscall(SYS_madvise, p, size, MADV_DONTDUMP);    // a core file holds the program, not the shadow
  return p;
}

void give_back(void* p, size_t size) { syscall(SYS_munmap, p, size); }

void empty(void* p, size_t size) { syscall(SYS_madvise, p, size, MADV_DONTNEED); }

void* alloc_block(size_t size) {
  int size_class = __builtin_ctzll(size);
  SpinLockHolder hold(blocks_lock);
  if (FreeBlock* block = free_blocks[size_class]) {
    free_blocks[size_class] = block->next;
    return block;
  }
  if (size >= kBlockRegion) return reserve(size, "a block of detector state");
  if (region_left < size) {
    region = static_cast<char*>(reserve(kBlockRegion, "blocks of detector state"));
    region_left = kBlockRegion;
  }
  region_left -= size;
  return region + region_left;
}

void free_block(void* p, size_t size) {
  if (size >= kBlockRegion) {
    give_back(p, size);
    return;
  }
  SpinLockHolder hold(blocks_lock);
  FreeBlock*& list = free_blocks[__builtin_ctzll(size)];
  list = new (p) FreeBlock{list};
}

void die(const char* what) {
  char line[256];
  say(line, snprintf(line, sizeof line, "baton: race detector: out of room: %s\n", what));
  _exit(2);
}

}  // namespace baton::detector
