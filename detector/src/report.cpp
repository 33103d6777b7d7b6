// SPDX-License-Identifier: Apache-2.0

#include "detector/src/report.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <atomic>

#include "detector/src/access.h"
#include "detector/src/mem.h"
#include "detector/src/options.h"

namespace baton::detector {
namespace {

constexpr size_t kMaxReport = 64 << 20;

// The set of reported pairs. Grows; guarded by `pairs_lock`. Asked once per racing access, not per access.
class PairSet {
 public:
  bool contains(uint64_t pair) const {
    for (uint64_t i = 0; i < count_; ++i) {
      uint64_t place = (hash(pair) + i) & (capacity_ - 1);
      if (slots_[place] == pair) return true;
      if (slots_[place] == 0) return false;
    }
    return false;
  }
  bool insert(uint64_t pair) {
    if (contains(pair)) return false;
    if (2 * (count_ + 1) > capacity_) grow();
    place(pair);
    ++count_;
    return true;
  }

 private:
  static uint64_t hash(uint64_t pair) { return (pair * 0x9e3779b97f4a7c15ull) >> 20; }
  void place(uint64_t pair) {
    uint64_t i = hash(pair) & (capacity_ - 1);
    while (slots_[i] != 0) i = (i + 1) & (capacity_ - 1);
    slots_[i] = pair;
  }
  void grow() {
    uint64_t* old = slots_;
    uint64_t old_capacity = capacity_;
    capacity_ = old_capacity == 0 ? 512 : 2 * old_capacity;
    slots_ = static_cast<uint64_t*>(reserve(capacity_ * sizeof(uint64_t), "reported races"));
    for (uint64_t i = 0; i < old_capacity; ++i) {
      if (old[i] != 0) place(old[i]);
    }
    if (old != nullptr) give_back(old, old_capacity * sizeof(uint64_t));
  }

  uint64_t* slots_ = nullptr;
  uint64_t capacity_ = 0;
  uint64_t count_ = 0;
};

constinit SpinLock pairs_lock;
constinit PairSet pairs;          // of contexts, guarded by pairs_lock: asked on the way of each racing access
constinit PairSet printed_pairs;  // of stacks as printed, guarded by report_mutex
constinit pthread_mutex_t report_mutex = PTHREAD_MUTEX_INITIALIZER;  // one report at a time
constinit std::atomic<uint64_t> races{0};                            // written under report_mutex
constinit std::atomic<bool> finished{false};
constinit int log_fd = STDERR_FILENO;  // guarded by report_mutex
constinit bool log_open = false;

uint64_t pair_of(ContextId a, ContextId b) {
  return a < b ? static_cast<uint64_t>(a) << 32 | b : static_cast<uint64_t>(b) << 32 | a;
}

// A 64-bit number of two, whichever comes first; never 0.
uint64_t unordered_pair(uint64_t a, uint64_t b) {
  uint64_t low = a < b ? a : b;
  uint64_t high = a < b ? b : a;
  return ((low * 0x9e3779b97f4a7c15ull) ^ (high + (low >> 29))) * 0xff51afd7ed558ccdull | 1;
}

void say_unusable_log(const char* path) {
  fprintf(stderr, "baton: GORACE: log_path=%s: cannot write %s: %s; reports go to stderr\n", options.log_path, path,
          strerror(errno));
}

// Opened at the first report, so that a clean run leaves no file.
void open_log() {
  if (log_open) return;
  log_open = true;
  if (strcmp(options.log_path, "stderr") == 0) return;
  if (strcmp(options.log_path, "stdout") == 0) {
    log_fd = STDOUT_FILENO;
    return;
  }
  char path[4096];
  snprintf(path, sizeof path, "%s.%d", options.log_path, getpid());
  int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0) {
    say_unusable_log(path);
    return;
  }
  log_fd = fd;
}

}  // namespace

bool was_reported(ContextId a, ContextId b) {
  SpinLockHolder hold(pairs_lock);
  return pairs.contains(pair_of(a, b));
}

Owner current_owner(const Task& task) {
  return {.task_id = task.id, .first_number = 0, .finished = 0, .creation = task.creation, .previous = 0};
}

void report_race(const RaceAccess& current, const RaceAccess& previous) {
  if (finished.load(std::memory_order_relaxed)) return;
  {
    SpinLockHolder hold(pairs_lock);
    if (!pairs.insert(pair_of(current.context, previous.context))) return;
  }
  Task* task = current_task;
  current_task = nullptr;
  int saved_errno = errno;
  pthread_mutex_lock(&report_mutex);
  open_log();
  if (printed_pairs.insert(unordered_pair(printed_stack(current.context), printed_stack(previous.context)))) {
    races.fetch_add(1, std::memory_order_relaxed);
    BlockInfo block;
    bool in_block = find_block(previous.address, &block);
    Writer out;
    print_race(out, current, previous, in_block ? &block : nullptr);
    out.write_to(log_fd);
    if (options.halt_on_error != 0) {
      fflush(nullptr);
      _exit(static_cast<int>(options.exitcode));
    }
  }
  pthread_mutex_unlock(&report_mutex);
  errno = saved_errno;
  current_task = task;
}

void init_reports() {
  const char* slash = strrchr(options.log_path, '/');
  if (slash == nullptr) return;
  char folder[4096];
  snprintf(folder, sizeof folder, "%.*s", static_cast<int>(slash == options.log_path ? 1 : slash - options.log_path),
           options.log_path);
  if (::access(folder, W_OK) != 0) {
    say_unusable_log(folder);
    log_open = true;
  }
}

uint64_t race_count() { return races.load(std::memory_order_relaxed); }

int finish_reports(int status) {
  if (options.atexit_sleep_ms > 0 && !finished.load(std::memory_order_relaxed)) {
    timespec pause = {options.atexit_sleep_ms / 1000, options.atexit_sleep_ms % 1000 * 1000000};
    nanosleep(&pause, nullptr);
  }
  bool first = !finished.exchange(true, std::memory_order_relaxed);
  if (race_count() == 0) return status;
  if (first) {
    pthread_mutex_lock(&report_mutex);
    Writer out;
    out.print("Found %llu data race(s)\n", static_cast<unsigned long long>(race_count()));
    out.write_to(log_fd);
    pthread_mutex_unlock(&report_mutex);
  }
  return status == 0 ? static_cast<int>(options.exitcode) : status;
}

Writer::Writer() : text_(static_cast<char*>(reserve(kMaxReport, "the text of a report"))) {}

Writer::~Writer() { give_back(text_, kMaxReport); }

void Writer::print(const char* format, ...) {
  va_list args;
  va_start(args, format);
  int n = vsnprintf(text_ + used_, kMaxReport - used_, format, args);
  va_end(args);
  if (n > 0) used_ += static_cast<size_t>(n) < kMaxReport - used_ ? static_cast<size_t>(n) : kMaxReport - used_ - 1;
}

void Writer::write_to(int fd) const {
  for (size_t done = 0; done < used_;) {
    ssize_t n = write(fd, text_ + done, used_ - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    done += static_cast<size_t>(n);
  }
}

}  // namespace baton::detector
