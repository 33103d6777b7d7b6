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
#include "detector/src/process_end.h"
#include "detector/src/race_report.h"
#include "detector/src/slow_calls.h"
#include "detector/src/suppress.h"

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

  void clear() {
    if (slots_ != nullptr) give_back(slots_, capacity_ * sizeof(uint64_t));
    *this = PairSet();
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
constinit std::atomic<int> reporting{0};  // calls of report_race that finish_reports waits for
constinit std::atomic<bool> finished{false};
constinit int log_fd = STDERR_FILENO;  // guarded by report_mutex
constinit bool log_open = false;
constinit uint64_t suppressed = 0;         // guarded by report_mutex
constinit bool forked = false;             // this is a child, and its parent tells what matched nothing; likewise
constinit std::atomic<pid_t> reporter{0};  // the thread that writes a report: for a signal that interrupts it

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

// Text goes on for so many reports; all are counted.
bool exceeds_text_limit(uint64_t number) {
  const uint64_t limit = static_cast<uint64_t>(options.max_text_reports);
  if (is_json() || limit == 0 || number <= limit) return false;
  if (number == limit + 1) {
    Writer out;
    out.print("baton: %llu races printed; further ones are counted, and GORACE=report_format=json writes them all\n",
              static_cast<unsigned long long>(limit));
    out.write_to(log_fd);
  }
  return true;
}

void write_report(const RaceReport& report) {
  if (!exceeds_text_limit(report.number)) {
    Writer out;
    if (is_json()) {
      print_race_json(out, report);
    } else {
      print_race_text(out, report);
      if (options.plain == 0) print_explanation(out, report, wants_colour(log_fd));
    }
    out.write_to(log_fd);
  }
  if (options.halt_on_error != 0) {
    fflush(nullptr);
    end_process(static_cast<int>(options.exitcode));
  }
}

struct Pair {
  const RaceAccess& current;
  const RaceAccess& previous;
};

void report_pair(void* of) {
  const Pair& pair = *static_cast<const Pair*>(of);
  Arena arena;
  // First of all: to know names takes memory, and that may be the block's if it was freed.
  const BlockInfo block = block_of_race(pair.current, pair.previous);
  const uint64_t current = printed_stack(shown_stack(arena, pair.current.context));
  const uint64_t previous = printed_stack(shown_stack(arena, pair.previous.context));
  if (printed_pairs.insert(unordered_pair(current, previous))) {
    RaceReport report = gather_report(arena, pair.current, pair.previous, block);
    if (is_suppressed(report)) {
      ++suppressed;
    } else {
      report.number = races.fetch_add(1, std::memory_order_relaxed) + 1;
      write_report(report);
    }
  }
  arena.release();
}

// Runs body(argument) on a stack of its own: a goroutine's may have little room left, and debug information is read.
void on_report_stack(void (*body)(void*), void* argument) {
  constexpr size_t kSize = 4 << 20;
  static constinit char* stack = nullptr;  // guarded by report_mutex
  if (stack == nullptr) stack = static_cast<char*>(reserve(kSize, "the stack for reports"));
  asm volatile(
      "movq %%rsp, %%rbx\n\t"
      "movq %[top], %%rsp\n\t"
      "callq *%[body]\n\t"
      "movq %%rbx, %%rsp"
      : "+D"(argument)
      : [top] "r"(stack + kSize), [body] "r"(body)
      : "rax", "rbx", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5",
        "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "memory", "cc");
}

// The last lines of the log. Under report_mutex, or where nobody else can report.
void write_summary(int verdict) {
  Writer out;
  constexpr Number kOfAll = 2;
  if (options.print_suppressions == kOfAll) {
    print_suppressions(out);
  } else if (options.print_suppressions != 0 && !forked) {
    print_unmatched_suppressions(out);
  }
  out.write_to(STDERR_FILENO);
  out.clear();
  if (counts_slow_calls) {
    print_slow_calls(out);
    out.write_to(STDERR_FILENO);
    out.clear();
  }
  if (race_count() == 0) return;
  open_log();
  if (is_json()) {
    print_summary_json(out, race_count(), suppressed, verdict);
  } else {
    out.print("Found %llu data race(s)\n", static_cast<unsigned long long>(race_count()));
  }
  out.write_to(log_fd);
}

int verdict_on(int status) { return race_count() != 0 && status == 0 ? static_cast<int>(options.exitcode) : status; }

}  // namespace

bool was_reported(ContextId a, ContextId b) {
  SpinLockHolder hold(pairs_lock);
  return pairs.contains(pair_of(a, b));
}

Owner current_owner(const Task& task) {
  return {.task_id = task.id, .first_number = 0, .finished = 0, .creation = task.creation, .previous = 0};
}

namespace {

// Counts the caller among those whose report finish_reports waits for. Sequentially consistent, as is `finished` there:
// either the caller sees that it is too late, or finish_reports sees the caller.
class Reporting {
 public:
  Reporting() { reporting.fetch_add(1); }
  ~Reporting() { reporting.fetch_sub(1); }
};

}  // namespace

void report_race(const RaceAccess& current, const RaceAccess& previous) {
  Reporting counted;
  if (finished.load()) return;
  {
    SpinLockHolder hold(pairs_lock);
    if (!pairs.insert(pair_of(current.context, previous.context))) return;
  }
  Task* task = current_task;
  current_task = nullptr;
  int saved_errno = errno;
  pthread_mutex_lock(&report_mutex);
  open_log();
  reporter.store(gettid(), std::memory_order_relaxed);
  Pair pair = {current, previous};
  on_report_stack(report_pair, &pair);
  reporter.store(0, std::memory_order_relaxed);
  pthread_mutex_unlock(&report_mutex);
  errno = saved_errno;
  current_task = task;
}

void init_reports() {
  init_suppressions();
  watch_process_end();
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
  const bool is_first = !finished.exchange(true);
  if (reporter.load(std::memory_order_relaxed) == gettid()) return verdict_on(status);  // the report itself has failed
  // A report under way on another thread counts: looking for names may take so long that the program ends meanwhile.
  constexpr int kMaxMilliseconds = 10'000;
  for (int i = 0; i < kMaxMilliseconds && reporting.load() != 0; ++i) {
    timespec pause = {0, 1'000'000};
    nanosleep(&pause, nullptr);
  }
  pthread_mutex_lock(&report_mutex);
  const int verdict = verdict_on(status);
  if (is_first) write_summary(verdict);
  pthread_mutex_unlock(&report_mutex);
  return verdict;
}

void finish_reports_in_signal(int signal) {
  if (finished.exchange(true, std::memory_order_relaxed)) return;
  // A report that another thread is writing comes first; one that this signal interrupted never ends.
  bool locked = false;
  for (int i = 0; i < 200 && reporter.load(std::memory_order_relaxed) != gettid() && !locked; ++i) {
    locked = pthread_mutex_trylock(&report_mutex) == 0;
    timespec pause = {0, 10'000'000};
    if (!locked) nanosleep(&pause, nullptr);
  }
  write_summary(128 + signal);
  if (locked) pthread_mutex_unlock(&report_mutex);
}

void hold_reports() {
  pthread_mutex_lock(&report_mutex);
  pairs_lock.lock();
}

void release_reports() {
  pairs_lock.unlock();
  pthread_mutex_unlock(&report_mutex);
}

void begin_child_reports() {
  pairs.clear();
  printed_pairs.clear();
  races.store(0, std::memory_order_relaxed);
  suppressed = 0;
  forked = true;
  finished.store(false, std::memory_order_relaxed);
  if (log_fd != STDERR_FILENO && log_fd != STDOUT_FILENO) close(log_fd);
  log_fd = STDERR_FILENO;
  log_open = false;
  release_reports();
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
