// SPDX-License-Identifier: Apache-2.0

#include "detector/src/report.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <atomic>

#include "detector/src/access.h"
#include "detector/src/mem.h"
#include "detector/src/options.h"
#include "detector/src/race_report.h"

namespace baton::detector {
namespace {

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

bool is_json() { return options.report_format.is("json"); }

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

void write_report(const RaceReport& report) {
  Writer out;
  if (is_json()) {
    print_race_json(out, report);
  } else {
    print_race_text(out, report);
    if (options.plain == 0) print_explanation(out, report, wants_colour(log_fd));
  }
  out.write_to(log_fd);
  if (options.halt_on_error != 0) {
    fflush(nullptr);
    _exit(static_cast<int>(options.exitcode));
  }
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
  Arena arena;
  RaceReport report = gather_report(arena, current, previous);
  uint64_t pair = unordered_pair(printed_stack(report.current.stack), printed_stack(report.previous.stack));
  if (printed_pairs.insert(pair)) {
    report.number = races.fetch_add(1, std::memory_order_relaxed) + 1;
    write_report(report);
  }
  arena.release();
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
  int verdict = status == 0 ? static_cast<int>(options.exitcode) : status;
  if (first) {
    pthread_mutex_lock(&report_mutex);
    Writer out;
    if (is_json()) {
      print_summary_json(out, race_count(), 0, verdict);
    } else {
      out.print("Found %llu data race(s)\n", static_cast<unsigned long long>(race_count()));
    }
    out.write_to(log_fd);
    pthread_mutex_unlock(&report_mutex);
  }
  return verdict;
}

uint64_t printed_stack(const Stack& stack) {
  uint64_t hash = 0xcbf29ce484222325ull;
  for (const Frame* frame : stack) {
    // Kept texts are equal if their addresses are. Without a line, the place in the function tells stacks apart.
    hash = (hash ^ reinterpret_cast<uintptr_t>(frame->function)) * 0x9e3779b97f4a7c15ull;
    hash = (hash ^ reinterpret_cast<uintptr_t>(frame->file)) * 0x9e3779b97f4a7c15ull;
    hash ^= hash >> 29;
    hash += frame->file != nullptr ? static_cast<uint64_t>(frame->line) : frame->offset;
  }
  return hash;
}

}  // namespace baton::detector
