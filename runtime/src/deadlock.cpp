// SPDX-License-Identifier: Apache-2.0
//
// The end of a program in which nothing can run any more. Looked at when a thread goes to sleep: if every thread
// sleeps, nobody waits for a timer, and no foreign thread could ready a goroutine, then nothing will ever happen.
#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/src/core.h"

namespace baton::rt {
namespace {

// What getdents64 fills in (linux/dirent.h).
struct DirectoryEntry {
  uint64_t inode;
  int64_t offset;
  uint16_t length;
  uint8_t type;
  char name[];
};

// The number of threads of the process; -1 if the kernel does not tell. No memory, no locks of the C library.
int threads_of_process() noexcept {
  const int fd = open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return -1;
  int count = 0;
  alignas(DirectoryEntry) char buffer[4096];
  for (;;) {
    const long n = syscall(SYS_getdents64, fd, buffer, sizeof(buffer));
    if (n <= 0) break;
    for (long at = 0; at < n;) {
      const auto* entry = reinterpret_cast<const DirectoryEntry*>(buffer + at);
      if (entry->name[0] != '.') count++;
      at += entry->length;
    }
  }
  close(fd);
  return count;
}

struct Census {
  bool any = false;       // a goroutine that has not ended
  bool runnable = false;  // one that could run, so the scheduler has lost it
};

Census count_goroutines() noexcept {
  Census census;
  for (const G* g = sched.all_goroutines.load(std::memory_order_acquire); g != nullptr; g = g->all_link) {
    const GStatus status = g->status.load(std::memory_order_relaxed);
    if (status != GStatus::kDead) census.any = true;
    if (status == GStatus::kRunnable || status == GStatus::kRunning) census.runnable = true;
  }
  return census;
}

}  // namespace

bool check_dead() noexcept {
  if (sched.thread_count != sched.idle_thread_count) return true;
  if (sched.stopping.load(std::memory_order_relaxed)) return true;
  if (earliest_timer() != 0) return true;
  const int threads = threads_of_process();
  if (threads > sched.thread_count) return false;
  const Census census = count_goroutines();
  if (census.runnable) throw_("all threads sleep, but a goroutine is runnable");
  if (!census.any && sched.main_ended) fatal("no goroutines (main called runtime.Goexit) - deadlock!");
  fatal("all goroutines are asleep - deadlock!");
}

}  // namespace baton::rt
