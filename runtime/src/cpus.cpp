// SPDX-License-Identifier: Apache-2.0
//
// How many CPUs the process may use, and the start value of GOMAXPROCS: the CPUs of the affinity mask, limited by the
// CPU quota of the control group (a container with two CPUs' worth of time on a machine with 64 shall not run 64
// threads that are all throttled together).
#include <baton/go.hpp>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/src/core.h"
#include "runtime/src/out.h"

namespace baton::rt {
namespace {

constexpr size_t kTextSize = 4096;

// Reads a small file whole; false if there is none.
bool read_text(const char* path, char (&text)[kTextSize]) noexcept {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const ssize_t n = read(fd, text, kTextSize - 1);
  close(fd);
  if (n <= 0) return false;
  text[n] = '\0';
  return true;
}

// Joins a, "/" unless b is empty or has one, and b; false if the result is too long.
bool join(char (&path)[kTextSize], const char* a, const char* b) noexcept {
  const char* slash = *b == '\0' || *b == '/' ? "" : "/";
  return snprintf(path, kTextSize, "%s%s%s", a, slash, b) < static_cast<int>(kTextSize);
}

int ceil_ratio(long quota, long period) noexcept {
  if (quota <= 0 || period <= 0) return kMaxProcs;
  const long cpus = (quota + period - 1) / period;
  return cpus > kMaxProcs ? kMaxProcs : static_cast<int>(cpus);
}

// The quota of one group, kMaxProcs if it has none. `v2`: cpu.max holds "QUOTA PERIOD" or "max PERIOD".
int quota_of(const char* directory, bool v2) noexcept {
  char path[kTextSize];
  char text[kTextSize];
  if (v2) {
    if (join(path, directory, "cpu.max") && read_text(path, text)) {
      char* end;
      const long quota = strtol(text, &end, 10);
      return end == text ? kMaxProcs : ceil_ratio(quota, strtol(end, nullptr, 10));
    }
    return kMaxProcs;
  }
  if (!join(path, directory, "cpu.cfs_quota_us") || !read_text(path, text)) return kMaxProcs;
  const long quota = strtol(text, nullptr, 10);
  if (!join(path, directory, "cpu.cfs_period_us") || !read_text(path, text)) return kMaxProcs;
  return ceil_ratio(quota, strtol(text, nullptr, 10));
}

// The smallest quota of a group and its ancestors.
int quota_of_path(const char* root, char* group, bool v2) noexcept {
  int least = kMaxProcs;
  for (;;) {
    char directory[kTextSize];
    if (join(directory, root, group)) {
      const int quota = quota_of(directory, v2);
      if (quota < least) least = quota;
    }
    char* slash = strrchr(group, '/');
    if (slash == nullptr) return least;
    *slash = '\0';
  }
}

bool has_cpu_controller(const char* list) noexcept {
  for (const char* at = list; *at != '\0' && *at != ':'; at++) {
    if ((at == list || at[-1] == ',') && strncmp(at, "cpu", 3) == 0 && (at[3] == ',' || at[3] == ':')) return true;
  }
  return false;
}

// /proc/self/cgroup has lines "ID:CONTROLLERS:PATH"; the second version of control groups has ID 0 and no controllers.
int cgroup_limit() noexcept {
  char text[kTextSize];
  if (!read_text("/proc/self/cgroup", text)) return kMaxProcs;
  int least = kMaxProcs;
  for (char *line = text, *next; line != nullptr; line = next) {
    next = strchr(line, '\n');
    if (next != nullptr) *next++ = '\0';
    char* controllers = strchr(line, ':');
    char* group = controllers == nullptr ? nullptr : strchr(controllers + 1, ':');
    if (group == nullptr) continue;
    const bool v2 = group == controllers + 1;
    if (!v2 && !has_cpu_controller(controllers + 1)) continue;
    const int quota = quota_of_path(v2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu", group + 1, v2);
    if (quota < least) least = quota;
  }
  return least;
}

int affinity_count() noexcept {
  unsigned long mask[kMaxProcs / sizeof(unsigned long)] = {};  // 8192 CPUs, the most that Linux is built for
  const long bytes = syscall(SYS_sched_getaffinity, 0, sizeof(mask), mask);
  if (bytes <= 0) return 1;
  int count = 0;
  for (const unsigned long word : mask) count += __builtin_popcountl(word);
  return count < 1 ? 1 : count > kMaxProcs ? kMaxProcs : count;
}

// The number of CPUs as it was when first asked for. Written once, by whoever asks first; always the same value.
constinit std::atomic<int> cpu_count{0};

}  // namespace

int initial_procs() noexcept {
  const int limit = cgroup_limit();
  const int cpus = num_cpu();
  const int fallback = cpus < limit ? cpus : limit;
  const char* text = getenv("GOMAXPROCS");
  if (text == nullptr || *text == '\0') return fallback;
  char* end;
  const long n = strtol(text, &end, 10);
  if (*end == '\0' && *text >= '0' && *text <= '9' && n >= 1 && n <= kMaxProcs) return static_cast<int>(n);
  Out() << "baton: GOMAXPROCS=" << text << " is not accepted: it must be a whole number from 1 to " << kMaxProcs
        << "; using " << fallback << "\n";
  return fallback;
}

}  // namespace baton::rt

namespace baton {

int num_cpu() noexcept {
  int count = rt::cpu_count.load(std::memory_order_relaxed);
  if (count == 0) {
    count = rt::affinity_count();
    rt::cpu_count.store(count, std::memory_order_relaxed);
  }
  return count;
}

}  // namespace baton
