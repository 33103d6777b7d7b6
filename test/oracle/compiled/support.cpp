// SPDX-License-Identifier: Apache-2.0
//
// What generated programs call. Compiled twice, both times without the pass: with ORACLE_LOG it writes the log of what
// the program did; without, it takes the place of the detector's report.cpp and writes what the detector found. Either
// goes to the file that ORACLE_OUT names.
//
// Lines of the log, goroutines by their numbers in the program, memory as block:offset (block 0: the shared memory):
//   p PROGRAM            g G CHILD            a G LINE KIND BLOCK OFFSET SIZE
//   s G OPERATION OBJECT          x G LINE KIND ORDER OBJECT BLOCK OFFSET SIZE         f G ORDER
// and of the findings:
//   p PROGRAM            r G KIND LINE  G KIND LINE  BLOCK OFFSET SIZE
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "test/oracle/compiled/oracle.h"

#ifndef ORACLE_LOG
#include <algorithm>
#include <set>
#include <utility>

#include "detector/include/baton/symbolize.h"
#include "detector/src/access.h"
#include "detector/src/report.h"
#endif

namespace {

std::atomic<int> turn{0};
std::atomic<int> running{0};  // the goroutine whose turn it is
std::FILE* out = nullptr;

struct Block {
  uintptr_t begin;
  size_t size;
};
constexpr int kMaxBlocks = 256;
Block blocks[kMaxBlocks];
int block_count = 0;

struct Place {
  int block;
  size_t offset;
};

// Later blocks first: a block may lie where a freed one lay.
Place place_of(const void* p) {
  const uintptr_t address = reinterpret_cast<uintptr_t>(p);
  for (int i = block_count; i-- > 0;) {
    if (address >= blocks[i].begin && address < blocks[i].begin + blocks[i].size) return {i, address - blocks[i].begin};
  }
  return {-1, 0};
}

void open_out() {
  if (out != nullptr) return;
  const char* path = std::getenv("ORACLE_OUT");
  out = path == nullptr ? stdout : std::fopen(path, "w");
  if (out == nullptr) {
    std::perror(path);
    std::exit(1);
  }
  static char buffer[1 << 16];
  std::setvbuf(out, buffer, _IOFBF, sizeof buffer);
}

#ifndef ORACLE_LOG
constexpr int kMaxTasks = 64;
uint64_t tasks[kMaxTasks];  // the detector's number of each goroutine of the program

std::atomic_flag busy;                             // guards `reported` and the output
std::set<std::pair<uint32_t, uint32_t>> reported;  // pairs of stacks, of this program
#endif

}  // namespace

extern "C" {

void oracle_program(int number, const void* memory, size_t size) {
  open_out();
  std::fprintf(out, "p %d\n", number);
  block_count = 0;
  blocks[block_count++] = {reinterpret_cast<uintptr_t>(memory), size};
  turn.store(0, std::memory_order_relaxed);
#ifndef ORACLE_LOG
  std::memset(tasks, 0, sizeof tasks);
  reported.clear();
#endif
}

void oracle_block(const void* block, size_t size) {
  if (block_count < kMaxBlocks) blocks[block_count++] = {reinterpret_cast<uintptr_t>(block), size};
}

void turn_wait(int number, int goroutine) {
  while (turn.load(std::memory_order_relaxed) != number) gosched();
  running.store(goroutine, std::memory_order_relaxed);
#ifndef ORACLE_LOG
  tasks[goroutine] = baton::detector::current_task->id;
#endif
}

void turn_end() { turn.fetch_add(1, std::memory_order_relaxed); }

int oracle_opaque(int value) { return value; }
void oracle_keep(long) {}

#ifdef ORACLE_LOG

void oracle_access(int line, int kind, const void* p, size_t size) {
  const Place place = place_of(p);
  std::fprintf(out, "a %d %d %d %d %zu %zu\n", running.load(std::memory_order_relaxed), line, kind, place.block,
               place.offset, size);
}
void oracle_go(int child) { std::fprintf(out, "g %d %d\n", running.load(std::memory_order_relaxed), child); }

static void log_operation(int operation, const void* object) {
  std::fprintf(out, "s %d %d %p\n", running.load(std::memory_order_relaxed), operation, object);
}
void oracle_acquire(const void* object) { log_operation(0, object); }
void oracle_release(const void* object) { log_operation(1, object); }
void oracle_release_merge(const void* object) { log_operation(2, object); }
void oracle_release_acquire(const void* object) { log_operation(3, object); }

void oracle_atomic(int line, int kind, int order, const void* p, size_t size) {
  const Place place = place_of(p);
  std::fprintf(out, "x %d %d %d %d %p %d %zu %zu\n", running.load(std::memory_order_relaxed), line, kind, order, p,
               place.block, place.offset, size);
}
void oracle_fence(int order) { std::fprintf(out, "f %d %d\n", running.load(std::memory_order_relaxed), order); }

#else

// Never called: the macros of this build leave them out.
void oracle_access(int, int, const void*, size_t) {}
void oracle_go(int) {}
void oracle_acquire(const void*) {}
void oracle_release(const void*) {}
void oracle_release_merge(const void*) {}
void oracle_release_acquire(const void*) {}
void oracle_atomic(int, int, int, const void*, size_t) {}
void oracle_fence(int) {}

#endif
}

#ifndef ORACLE_LOG
namespace baton::detector {
namespace {

int goroutine_of(uint64_t task) {
  for (int i = 0; i < kMaxTasks; i++) {
    if (tasks[i] == task) return i;
  }
  return -1;
}

// The line of the generated program that a stack begins in.
int line_of_context(ContextId context) {
  int line = 0;
  for_each_frame(context, [&line](uintptr_t pc) {
    __baton_symbolize(
        pc,
        [](void* arg, const baton_frame* frame) {
          if (frame->file == nullptr || std::strstr(frame->file, "batch") == nullptr) return 1;
          *static_cast<int*>(arg) = frame->line;
          return 0;
        },
        &line);
    return line == 0;
  });
  return line;
}

}  // namespace

bool was_reported(ContextId a, ContextId b) {
  Task* task = current_task;
  current_task = nullptr;
  while (busy.test_and_set(std::memory_order_acquire)) {
  }
  const bool result = reported.contains(std::minmax(a, b));
  busy.clear(std::memory_order_release);
  current_task = task;
  return result;
}

void report_race(const RaceAccess& current, const RaceAccess& previous) {
  Task* task = current_task;
  current_task = nullptr;
  while (busy.test_and_set(std::memory_order_acquire)) {
  }
  reported.insert(std::minmax(current.context, previous.context));
  const Place place = place_of(reinterpret_cast<const void*>(previous.address));
  std::fprintf(out, "r %d %d %d %d %d %d %d %zu %zu\n", goroutine_of(current.owner.task_id), current.kind & 3,
               line_of_context(current.context), goroutine_of(previous.owner.task_id), previous.kind & 3,
               line_of_context(previous.context), place.block, place.offset, previous.size);
  busy.clear(std::memory_order_release);
  current_task = task;
}

Owner current_owner(const Task& task) {
  return {.task_id = task.id, .first_number = 0, .finished = 0, .creation = task.creation, .previous = 0};
}
void init_reports() {}
uint64_t race_count() { return 0; }
int finish_reports(int status) { return status; }
void finish_reports_in_signal(int) {}
void hold_reports() {}
void release_reports() {}
void begin_child_reports() {}

}  // namespace baton::detector
#endif
