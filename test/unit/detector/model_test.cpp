// SPDX-License-Identifier: Apache-2.0
//
// The detector against a brute-force model, on random programs. Tasks are logical, so one thread can play all of them:
// it switches between tasks through race_hooks.h and performs random accesses, synchronisation, atomics and fences.
//
// The model keeps the whole history: every access with the full vector clock of its task, and for every byte of a new
// access looks at all accesses before it. The detector must agree, byte by byte:
//   * sound: it reports a race at a byte only if the model has one there, for this access;
//   * complete: where the model has a race, it reports one for this access, unless the task made an access there
//     before, at least as strong, of which nobody has learnt since: whatever races with one of the two races with the
//     other, and was checked against it.
//
// This file replaces the detector's report.cpp: findings are collected, none is ever suppressed as a repetition. It
// does without the detector's malloc and locks, which would record what GoogleTest does.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "detector/include/baton/race_abi.h"
#include "detector/include/baton/race_hooks.h"
#include "detector/src/chain.h"
#include "detector/src/collect.h"
#include "detector/src/interpose.h"
#include "detector/src/report.h"

namespace baton::detector {

static std::vector<RaceAccess> found;  // previous accesses that the access in progress was reported against
static std::mutex found_mutex;

bool was_reported(ContextId, ContextId) { return false; }
void report_race(const RaceAccess&, const RaceAccess& previous) {
  std::lock_guard<std::mutex> hold(found_mutex);
  found.push_back(previous);
}
Owner current_owner(const Task& task) {
  return {.task_id = task.id, .first_number = 0, .finished = 0, .creation = task.creation, .previous = 0};
}
void init_reports() {}
uint64_t race_count() { return 0; }
int finish_reports(int status) { return status; }
void use_interposed_malloc() {}
void use_interposed_pthread() {}
void use_interposed_thread() {}
void use_interposed_strings() {}
void use_interposed_files() {}
void use_interposed_map() {}
void init_files() {}

namespace {

constexpr int kBytes = 160;          // that most programs use,
constexpr int kManyBytes = 24 * 64;  // and those with accesses to many lines at once
constexpr int kObjects = 4;
constexpr int kAtomics = 3;

// The detector is started once in a process.
baton_task* started() {
  static baton_task* main_task = __baton_race_start();
  return main_task;
}

// What optimised code does (race_abi.h): the test of the filter, if it is made, and the cold call after a miss.
void inline_check(const char* p, int size, bool write, bool asks = true) {
  uintptr_t address = reinterpret_cast<uintptr_t>(p);
  const char* line = __baton_shadow + ((address >> 2) & ~uintptr_t{15});
  uint16_t words = 0;
  uint64_t owner = 0;
  __atomic_load(reinterpret_cast<const uint16_t*>(line + (write ? BATON_FILTER_WRITE : BATON_FILTER_READ)), &words,
                __ATOMIC_ACQUIRE);
  __atomic_load(reinterpret_cast<const uint64_t*>(line), &owner, __ATOMIC_RELAXED);
  uint32_t first = (address >> 2) & 15;
  const uintptr_t last = (address % 4 + static_cast<uintptr_t>(size) - 1) / 4;
  const uint32_t need = size > 64 ? ~0u : ((2u << last) - 1) << first;
  if (asks && owner == __baton_epoch && (static_cast<uint16_t>(~words) & need) == need) return;
  switch (size) {
    case 1:
      return (write ? __baton_cold_write1 : __baton_cold_read1)(p);
    case 2:
      return (write ? __baton_cold_write2 : __baton_cold_read2)(p);
    case 4:
      return (write ? __baton_cold_write4 : __baton_cold_read4)(p);
    case 8:
      return (write ? __baton_cold_write8 : __baton_cold_read8)(p);
    case 16:
      return (write ? __baton_cold_write16 : __baton_cold_read16)(p);
    default:
      return (write ? __baton_cold_write_n : __baton_cold_read_n)(p, static_cast<size_t>(size));
  }
}

struct Arena {
  alignas(64) char bytes[kManyBytes];
  alignas(64) char objects[kObjects * 8];
};
Arena arena;

using Vector = std::map<int, uint64_t>;  // task -> number of releases

void join(Vector& a, const Vector& b) {
  for (auto [task, epoch] : b) a[task] = std::max(a[task], epoch);
}

struct ModelAccess {
  int task;
  uint64_t epoch;
  bool write;
  bool atomic;
  int lo, hi;
};

struct ModelTask {
  Vector clock;
  Vector fence_release;
  bool fenced = false;
  Vector pending;
  baton_task* task = nullptr;
  bool alive = true;
};

class Program {
 public:
  explicit Program(uint32_t seed)
      : random_(seed),
        searches_(seed % 4 == 0 ? 20 : 1000),
        bytes_(seed % 11 == 0 ? kManyBytes : kBytes),
        crowded_(seed % 3 == 0),
        shares_(seed % 7 == 0),
        locks_(seed % 5 == 0),
        shared_locks_(seed % 2 == 0) {
    baton_task* main_task = started();
    __baton_mem_reset(&arena, sizeof arena);
    ModelTask main;
    main.task = main_task;
    main.clock[0] = 1;
    tasks_.push_back(main);
    __baton_task_switch(main_task);
  }

  void run(int steps) {
    for (int i = 0; i < steps && !testing::Test::HasFatalFailure(); ++i) step();
    for (size_t i = 1; i < tasks_.size(); ++i) {
      if (tasks_[i].alive) end(static_cast<int>(i));
    }
    __baton_task_switch(tasks_[0].task);
  }

  baton_task* main_task() { return tasks_[0].task; }

 private:
  uint32_t pick(uint32_t n) { return random_() % n; }

  int pick_task() {
    for (;;) {
      int i = static_cast<int>(pick(static_cast<uint32_t>(tasks_.size())));
      if (tasks_[i].alive) return i;
    }
  }

  void step() {
    // What a search forgets is never missed, and chains that it brings back confuse nobody.
    if (pick(searches_) == 0) collect();
    // Often the same task goes on, without being switched in again.
    int t = running_ >= 0 && pick(2) == 0 ? running_ : pick_task();
    if (t != running_) __baton_task_switch(tasks_[t].task);
    running_ = t;
    if (shares_ && pick(40) != 0 && tasks_.size() > 4) return plain(t);
    if (locks_ && pick(3) == 0) return lock(t);
    switch (pick(16)) {
      case 0:
        if ((shares_ || locks_) && tasks_.size() > 6) break;
        if (tasks_.size() < 40 || (crowded_ && tasks_.size() < 100)) create(t);
        break;
      case 1:
        if (t != 0 && pick(3) == 0) end(t);
        break;
      case 2:
      case 3:
        synchronise(t);
        break;
      case 4:
        fence(t);
        break;
      case 5:
        object(t);
        break;
      case 6:
      case 7:
        atomic(t);
        break;
      default:
        plain(t);
    }
  }

  uint64_t next_epoch(int t) { return tasks_[t].clock[t]++; }

  void create(int t) {
    ModelTask child;
    int id = static_cast<int>(tasks_.size());
    child.clock = tasks_[t].clock;
    next_epoch(t);
    child.clock[id] = 1;
    child.task = __baton_task_create(static_cast<uint64_t>(id) + 100, &child);
    tasks_.push_back(child);
  }

  void end(int t) {
    __baton_task_switch(tasks_[t].task);
    __baton_task_end(tasks_[t].task);
    tasks_[t].alive = false;
    running_ = -1;
  }

  void synchronise(int t) {
    int o = static_cast<int>(pick(kObjects));
    const char* object = arena.objects + 8 * o;
    ModelTask& task = tasks_[t];
    Vector& clock = object_[o];
    switch (pick(4)) {
      case 0:
        __baton_acquire(object);
        join(task.clock, clock);
        break;
      case 1:
        __baton_release(object);
        clock = task.clock;
        next_epoch(t);
        break;
      case 2:
        __baton_release_merge(object);
        join(clock, task.clock);
        next_epoch(t);
        break;
      default: {
        __baton_release_acquire(object);
        Vector before = clock;
        clock = task.clock;
        join(task.clock, before);
        next_epoch(t);
      }
    }
  }

  void fence(int t) {
    ModelTask& task = tasks_[t];
    constexpr int kOrders[] = {BATON_ACQUIRE, BATON_RELEASE, BATON_ACQ_REL, BATON_SEQ_CST};
    int order = kOrders[pick(4)];
    __baton_atomic_fence(order, 1);
    if (order != BATON_RELEASE) {
      join(task.clock, task.pending);
      task.pending.clear();
    }
    if (order != BATON_ACQUIRE) {
      task.fence_release = task.clock;
      task.fenced = true;
      next_epoch(t);
    }
  }

  void atomic(int t) {
    ModelTask& task = tasks_[t];
    int slot = static_cast<int>(pick(kAtomics));
    int lo = 64 + 8 * slot;
    int size = crowded_ && pick(20) != 0 ? 8 : 1 << pick(4);
    int kind = static_cast<int>(pick(3));
    int order = static_cast<int>(pick(6));
    if (order == BATON_CONSUME) order = BATON_RELAXED;
    if (kind == BATON_ATOMIC_LOAD && (order == BATON_RELEASE || order == BATON_ACQ_REL)) order = BATON_ACQUIRE;
    if (kind == BATON_ATOMIC_STORE && (order == BATON_ACQUIRE || order == BATON_ACQ_REL)) order = BATON_RELEASE;
    if (holder_[slot] >= 0) return;
    bool acquires = order == BATON_ACQUIRE || order == BATON_ACQ_REL || order == BATON_SEQ_CST;
    bool releases = order == BATON_RELEASE || order == BATON_ACQ_REL || order == BATON_SEQ_CST;
    Vector& location = location_[slot];
    if (kind != BATON_ATOMIC_STORE) join(acquires ? task.clock : task.pending, location);
    expect(t, lo, size, kind != BATON_ATOMIC_LOAD, true);
    found.clear();
    void* token = __baton_atomic_begin(arena.bytes + lo, static_cast<size_t>(size), ++context_);
    __baton_atomic_end(token, arena.bytes + lo, static_cast<size_t>(size), kind, order, context_);
    compare(lo, size);
    if (kind == BATON_ATOMIC_LOAD) return;
    if (releases) {
      if (kind == BATON_ATOMIC_STORE) location.clear();
      join(location, task.clock);
      next_epoch(t);
    } else if (kind == BATON_ATOMIC_STORE) {
      location = task.fence_release;
    } else {
      join(location, task.fence_release);
    }
  }

  // A lock that is taken and left again and again, mostly by the task that runs: a mutex, or one for readers too.
  void lock(int t) {
    constexpr int kSlot = 0;
    constexpr int kOffset = 64 + 8 * kSlot;
    const char* p = arena.bytes + kOffset;
    const char* pc = p + pick(2);
    ModelTask& task = tasks_[t];
    int& holder = holder_[kSlot];
    std::set<int>& reading = reading_[kSlot];
    const int kind = !shared_locks_ ? BATON_LOCK : reading.empty() && pick(6) == 0 ? BATON_WRITE_LOCK : BATON_READ_LOCK;
    if (holder >= 0 && holder != t && pick(8) != 0) return;
    expect(t, kOffset, 8, true, true);
    found.clear();
    if (holder >= 0) {
      __baton_lock_left(p, p, 8, shared_locks_ ? BATON_WRITE_LOCK : BATON_LOCK, pc);
      location_[kSlot] = task.clock;
      next_epoch(t);
      holder = -1;
    } else if (reading.contains(t)) {
      __baton_lock_left(p, p, 8, BATON_READ_LOCK, pc);
      join(readers_[kSlot], task.clock);
      next_epoch(t);
      reading.erase(t);
    } else {
      __baton_lock_taken(p, p, 8, kind, pc);
      join(task.clock, location_[kSlot]);
      if (kind == BATON_WRITE_LOCK) join(task.clock, readers_[kSlot]);
      if (kind == BATON_READ_LOCK) {
        reading.insert(t);
      } else {
        holder = t;
      }
    }
    compare(kOffset, 8);
  }

  // An operation on a sync object or a lock whose memory plain accesses meet too. Of a lock that is held alone nobody
  // learns.
  void object(int t) {
    ModelTask& task = tasks_[t];
    int slot = static_cast<int>(pick(kAtomics));
    int lo = 64 + 8 * slot;
    int size = std::array{4, 8, 8, 12}[pick(4)];
    size_t n = static_cast<size_t>(size);
    const char* p = arena.bytes + lo;
    const char* pc = p + pick(3);  // a call from here
    Vector& clock = location_[slot];
    Vector& readers = readers_[slot];
    int& holder = holder_[slot];
    std::set<int>& reading = reading_[slot];
    const auto acquire = [&](const Vector& from) { join(task.clock, from); };
    const auto release = [&](Vector& to, bool merge) {
      if (!merge) to.clear();
      join(to, task.clock);
      next_epoch(t);
    };
    int what = static_cast<int>(pick(8));
    if (holder >= 0) what = std::array{1, 2, 5, 6, 6, 6, 7, 7}[what];
    if (what == 3 && reading.contains(t)) what = 5;
    if (what == 4 && !reading.empty()) what = 0;
    if (what == 5 && !reading.empty() && !reading.contains(t)) what = 7;  // nobody leaves it for another who reads
    expect(t, lo, size, true, true);
    found.clear();
    switch (what) {
      case 0:
        __baton_object_acquire(p, n, pc);
        acquire(clock);
        break;
      case 1:
        __baton_object_release(p, n, pc);
        release(clock, false);
        break;
      case 2:
        __baton_object_release_merge(p, n, pc);
        release(clock, true);
        break;
      case 3: {
        const bool is_shared = pick(2) != 0;
        __baton_lock_taken(p, p, n, is_shared ? BATON_READ_LOCK : BATON_LOCK, pc);
        acquire(clock);
        if (is_shared) {
          reading.insert(t);
        } else {
          holder = t;
        }
        break;
      }
      case 4:
        __baton_lock_taken(p, p, n, BATON_WRITE_LOCK, pc);
        acquire(clock);
        acquire(readers);
        holder = t;
        break;
      case 5:
        __baton_lock_left(p, p, n, BATON_READ_LOCK, pc);
        release(readers, true);
        reading.erase(t);
        break;
      case 6:
        __baton_lock_left(p, p, n, pick(2) == 0 ? BATON_LOCK : BATON_WRITE_LOCK, pc);
        release(clock, false);
        holder = -1;
        break;
      default:
        __baton_object_atomic(p, n, 1, pc);
    }
    compare(lo, size);
  }

  void plain(int t) {
    int lo = static_cast<int>(pick(static_cast<uint32_t>(bytes_)));
    int size = std::array{1, 1, 2, 4, 4, 8, 8, 16, 3, 32, 100}[pick(11)];
    if (pick(4) != 0 && size <= 16) lo &= ~(size - 1);
    if (bytes_ == kManyBytes && pick(3) == 0) {
      lo %= 200;
      size = pick(2) == 0 ? kManyBytes : 1024 + static_cast<int>(pick(300));
    }
    size = std::min(size, bytes_ - lo);
    bool write = pick(2) == 0;
    if (crowded_ && pick(20) != 0) {
      lo = pick(4) == 0 ? 4 : 0;
      size = lo == 0 && pick(4) != 0 ? 8 : 4;
      write = pick(60) == 0;
    }
    if (shares_ && pick(200) != 0) {
      lo = static_cast<int>(std::array{0, 4, 8, 16, 20, 22}[pick(6)]);
      size = lo == 22 ? 2 : std::array{4, 4, 8, 1}[pick(4)];
      write = pick(300) == 0;
    }
    expect(t, lo, size, write, false);
    found.clear();
    const char* p = arena.bytes + lo;
    uint64_t ctx = ++context_;
    if (pick(2) == 0) {
      inline_check(p, size, write, pick(2) == 0);
      compare(lo, size);
      return;
    }
    switch (size) {
      case 1:
        (write ? __baton_write1 : __baton_read1)(p, ctx);
        break;
      case 2:
        (write ? __baton_write2 : __baton_read2)(p, ctx);
        break;
      case 4:
        (write ? __baton_write4 : __baton_read4)(p, ctx);
        break;
      case 8:
        (write ? __baton_write8 : __baton_read8)(p, ctx);
        break;
      case 16:
        (write ? __baton_write16 : __baton_read16)(p, ctx);
        break;
      default:
        (write ? __baton_write_range : __baton_read_range)(p, static_cast<size_t>(size), ctx);
    }
    compare(lo, size);
  }

  // Adds the access to the history; expected_[byte]: the tasks it races with there.
  void expect(int t, int lo, int size, bool write, bool atomic) {
    ModelTask& task = tasks_[t];
    expected_.assign(kManyBytes, false);
    excused_.assign(kManyBytes, false);
    racers_.clear();
    for (const ModelAccess& old : history_) {
      bool ordered = old.task == t || (task.clock.contains(old.task) && task.clock.at(old.task) >= old.epoch);
      for (int i = std::max(lo, old.lo); i < std::min(lo + size, old.hi); ++i) {
        if (!ordered && (write || old.write) && !(atomic && old.atomic)) {
          expected_[i] = true;
          racers_.insert({i, old.task});
        }
        bool covers = (old.write || !write) && (!old.atomic || atomic);
        if (old.task == t && covers && !learnt(t, old.epoch)) excused_[i] = true;
      }
    }
    history_.push_back({t, task.clock[t], write, atomic, lo, lo + size});
  }

  // Whether another task knows this epoch.
  bool learnt(int t, uint64_t epoch) const {
    return std::any_of(tasks_.begin(), tasks_.end(), [&](const ModelTask& other) {
      return &other != &tasks_[t] && other.clock.contains(t) && other.clock.at(t) >= epoch;
    });
  }

  void compare(int lo, int size) {
    for (const RaceAccess& previous : found) {
      // `size` counts bytes from `address` on that raced, which need not be adjacent: the first one is exact.
      int first = static_cast<int>(previous.address - reinterpret_cast<uintptr_t>(arena.bytes));
      ASSERT_GE(first, lo);
      ASSERT_LT(first, lo + size);
      ASSERT_TRUE(expected_[first]) << "false report at byte " << first;
      const uint64_t id = previous.owner.task_id;
      ASSERT_TRUE(racers_.contains({first, id == 1 ? 0 : static_cast<int>(id) - 100}))
          << "not the access of task " << id;
    }
    // A finding names the first byte of one entry that raced: completeness is checked for the access as a whole.
    bool any_expected = false;
    for (int i = lo; i < lo + size; ++i) any_expected |= expected_[i] && !excused_[i];
    ASSERT_TRUE(!found.empty() || !any_expected) << "missed race in bytes " << lo << ".." << lo + size - 1;
  }

  std::mt19937 random_;
  const uint32_t searches_;  // one in so many steps
  const int bytes_;          // of the arena in use
  const bool crowded_;       // all tasks access few places in few ways: accesses gather in sets
  const bool shares_;        // few tasks read the same words over and over: lines get tags of readers
  const bool locks_;         // few tasks lock and unlock one mutex,
  const bool shared_locks_;  // or a lock for readers too
  int running_ = -1;         // the task that runs, if it is known
  std::vector<ModelTask> tasks_;
  std::vector<ModelAccess> history_;
  Vector object_[kObjects];
  Vector location_[kAtomics];
  Vector readers_[kAtomics];             // a byte further
  int holder_[kAtomics] = {-1, -1, -1};  // who holds it alone as a lock; -1: nobody
  std::set<int> reading_[kAtomics];      // who holds it with others
  std::vector<bool> expected_;
  std::vector<bool> excused_;
  std::set<std::pair<int, int>> racers_;  // byte, task
  uint64_t context_ = 0;
};

TEST(DetectorAgainstBruteForce, RandomProgramsGiveTheSameRaces) {
#ifdef NDEBUG
  constexpr uint32_t kPrograms = 3000;
#else
  constexpr uint32_t kPrograms = 300;  // not optimised, and perhaps under a sanitizer: that memory is used well
#endif
  for (uint32_t seed = 1; seed <= kPrograms; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Program(seed).run(40 + static_cast<int>(seed % 160) * (seed % 3 == 0 || seed % 7 == 0 ? 6 : 1));
    if (HasFatalFailure()) return;
  }
}

// A bit in the tag of a line belongs to one epoch; the same bit of another generation, older or newer than the reader's
// ticket, must not make its first read look old.
TEST(TagsOfReaders, OfOtherGenerationsMeanNothing) {
  constexpr int kPhases = 100;
  alignas(64) static char memory[(kPhases + 1) * 64];
  static char objects[2][8];
  __baton_task_switch(started());
  std::array<baton_task*, 4> readers;
  for (uint64_t i = 0; i < readers.size(); ++i) readers[i] = __baton_task_create(2001 + i, memory);
  baton_task* writer = __baton_task_create(2005, memory);
  auto read_in_turn = [&](int first, const char* place) {
    for (int i = 0; i < 200; ++i) {
      __baton_task_switch(readers[first + i % 2]);
      inline_check(place, 8, false);
    }
  };
  read_in_turn(2, memory + kPhases * 64);  // these two keep their tickets, and their epoch
  for (int phase = 0; phase < kPhases; ++phase) {
    for (int i = 0; i < 2; ++i) {
      __baton_task_switch(readers[i]);
      __baton_release(objects[i]);
    }
    read_in_turn(0, memory + 64 * phase);
  }
  for (int i = 0; i < kPhases; ++i) {
    __baton_task_switch(readers[i % 3]);  // 1 and 0: in their last epoch
    inline_check(memory + 64 * i, 8, false);
  }
  __baton_task_switch(writer);
  for (char(&object)[8] : objects) __baton_acquire(object);  // all but the last phase
  for (int i = 0; i < kPhases; ++i) {
    found.clear();
    inline_check(memory + 64 * i, 8, true);
    EXPECT_FALSE(found.empty()) << "line " << i;
  }
  __baton_task_switch(started());
}

// Many lines at once have tags of three readers. A fourth, who has a ticket of the same generation from elsewhere, has
// not read them by that.
TEST(TagsOfReaders, OfManyLinesSayWhoReadThem) {
  constexpr size_t kTable = 20 * 64;
  alignas(64) static char table[kTable];
  alignas(64) static char other[kTable];
  __baton_mem_reset(table, sizeof table);
  __baton_mem_reset(other, sizeof other);
  __baton_task_switch(started());
  found.clear();
  std::array<baton_task*, 4> readers;
  for (size_t i = 0; i < readers.size(); ++i) readers[i] = __baton_task_create(1001 + i, table);
  for (int round = 0; round < 100; ++round) {
    for (size_t i = 0; i < readers.size(); ++i) {
      __baton_task_switch(readers[i]);
      __baton_read_range(i < 3 ? table : other, kTable, 1);
      __baton_read_range(other, kTable, 2);
    }
  }
  __baton_read_range(table, kTable, 3);  // the fourth, for the first time
  __baton_task_switch(started());
  ASSERT_TRUE(found.empty());
  for (size_t at = 0; at < kTable; at += 64) {
    found.clear();
    __baton_write8(table + at, 4);
    // Those with one stack are one finding; the fourth has one of its own.
    EXPECT_TRUE(
        std::any_of(found.begin(), found.end(), [](const RaceAccess& read) { return read.owner.task_id == 1004; }))
        << "line " << at / 64;
  }
  for (baton_task* reader : readers) {
    __baton_task_switch(reader);
    __baton_task_end(reader);
  }
  __baton_task_switch(started());
}

// Two tasks on two threads write the same bytes at the same moment, without any order, thousands of times.
TEST(TwoFirstAccesses, AtTheSameInstantAreFoundEveryTime) {
  constexpr int kRounds = 10000;
  constexpr size_t kStride = 64;
  static char memory[kRounds * kStride];
  baton_task* main_task = started();
  __baton_task_switch(main_task);
  found.clear();
  std::atomic<int> arrived{0};
  std::array<baton_task*, 2> tasks = {__baton_task_create(1001, &arrived), __baton_task_create(1002, &arrived)};
  auto body = [&](int which) {
    __baton_task_switch(tasks[which]);
    for (int i = 0; i < kRounds; ++i) {
      arrived.fetch_add(1);
      while (arrived.load() < 2 * (i + 1)) {
      }
      inline_check(memory + i * kStride, 8, i % 3 != 0 || which == 0);
    }
    __baton_task_switch(nullptr);
  };
  std::thread other(body, 1);
  body(0);
  other.join();
  __baton_task_switch(main_task);
  std::set<uintptr_t> places;
  for (const RaceAccess& previous : found) places.insert(previous.address);
  EXPECT_EQ(places.size(), static_cast<size_t>(kRounds));
}

// A chain that comes back by a search: its next task knows all accesses of the one before, but not what that one had
// learnt. Whoever learns from the next task must still take the older clock for news.
TEST(ChainsThatComeBack, LeaveOlderClocksToBeLearnt) {
  static char memory[64 * 4];
  Program start(1);  // main runs
  baton_task* main_task = start.main_task();
  const auto create = [&](uint64_t id) { return __baton_task_create(id, &memory); };
  baton_task* writer = create(1001);
  baton_task* messenger = create(1002);
  baton_task* reader = create(1003);
  const uint32_t chains = chain_count();
  __baton_task_switch(writer);
  __baton_write8(memory, 1);
  __baton_release(memory + 64);
  __baton_task_switch(messenger);
  __baton_acquire(memory + 64);
  __baton_release(memory + 128);
  __baton_task_end(messenger);
  collect();
  __baton_task_switch(main_task);
  baton_task* next = create(1004);
  ASSERT_EQ(chain_count(), chains);
  __baton_task_switch(next);
  __baton_release(memory + 192);
  __baton_task_switch(reader);
  __baton_acquire(memory + 192);
  __baton_acquire(memory + 128);
  found.clear();
  __baton_read8(memory, 2);
  EXPECT_TRUE(found.empty());
  for (baton_task* task : {writer, next, reader}) {
    __baton_task_switch(task);
    __baton_task_end(task);
  }
  __baton_task_switch(main_task);
}

// What a task does under a lock that nobody took meanwhile belongs to one epoch (task.h, invariant 4): `between` comes
// between the two times; returns the epochs of both.
std::array<uint64_t, 2> epochs_of_sections(char* memory, void (*between)(char* memory, baton_task* other)) {
  Program start(1);  // main runs
  baton_task* other = __baton_task_create(1001, memory);
  std::array<uint64_t, 2> epochs;
  __baton_task_switch(start.main_task());
  for (uint64_t& epoch : epochs) {
    __baton_lock_taken(memory, memory, 8, BATON_LOCK, memory);
    __baton_write8(memory + 64, 1);
    epoch = __baton_epoch;
    __baton_lock_left(memory, memory, 8, BATON_LOCK, memory + 1);
    EXPECT_GT(__baton_epoch, epoch);
    if (&epoch == &epochs[0]) between(memory, other);
    __baton_task_switch(start.main_task());
  }
  // In any case the other task does not know the second time, unless it learns of it.
  __baton_task_switch(other);
  found.clear();
  __baton_read8(memory + 64, 2);
  EXPECT_EQ(found.size(), 1u);
  __baton_lock_taken(memory, memory, 8, BATON_LOCK, memory);
  found.clear();
  __baton_write8(memory + 64, 3);
  EXPECT_TRUE(found.empty());
  __baton_lock_left(memory, memory, 8, BATON_LOCK, memory + 1);
  __baton_task_end(other);
  __baton_task_switch(start.main_task());
  return epochs;
}

TEST(ReleasesThatNobodySaw, EndNoEpoch) {
  alignas(64) static char memory[8][256];
  auto epochs = epochs_of_sections(memory[0], [](char*, baton_task*) {});
  EXPECT_EQ(epochs[0], epochs[1]);
  // Nor does it matter what the task did outside.
  epochs = epochs_of_sections(memory[1], [](char* m, baton_task*) { __baton_write8(m + 128, 1); });
  EXPECT_EQ(epochs[0], epochs[1]);
}

TEST(ReleasesThatNobodySaw, EndOneIfSomebodyDid) {
  alignas(64) static char memory[8][256];
  // Another task learnt of it: by the lock, which it has left, or which it has not left itself.
  auto epochs = epochs_of_sections(memory[0], [](char* m, baton_task* other) {
    __baton_task_switch(other);
    __baton_lock_taken(m, m, 8, BATON_LOCK, m);
    __baton_lock_left(m, m, 8, BATON_LOCK, m + 1);
  });
  EXPECT_LT(epochs[0], epochs[1]);
  epochs = epochs_of_sections(memory[1], [](char* m, baton_task* other) {
    baton_task* main_task = __baton_task_current();
    __baton_task_switch(other);
    __baton_lock_taken(m, m, 8, BATON_LOCK, m);
    __baton_task_switch(main_task);
    __baton_lock_left(m, m, 8, BATON_LOCK, m + 1);
  });
  EXPECT_LT(epochs[0], epochs[1]);
  // The task gave its clock to others: by an object, to a task that it started.
  epochs = epochs_of_sections(memory[2], [](char* m, baton_task*) { __baton_release(m + 192); });
  EXPECT_LT(epochs[0], epochs[1]);
  epochs = epochs_of_sections(memory[3], [](char* m, baton_task*) {
    baton_task* main_task = __baton_task_current();
    baton_task* child = __baton_task_create(1002, m);
    __baton_task_switch(child);
    __baton_task_end(child);
    __baton_task_switch(main_task);
  });
  EXPECT_LT(epochs[0], epochs[1]);
}

// The same for atomic operations, which leave the epoch at once: the second one is recorded anew if another task has
// learnt of the first, and then it races with what that task does.
TEST(ReleasesThatNobodySaw, AreOnesThatNoAtomicLoadSaw) {
  alignas(64) static char memory[64];
  const auto operate = [](int kind, int order) {
    void* token = __baton_atomic_begin(memory, 8, 1);
    __baton_atomic_end(token, memory, 8, kind, order, 1);
  };
  for (const int order : {BATON_ACQUIRE, BATON_RELAXED}) {
    Program start(1);  // main runs
    __baton_mem_reset(memory, sizeof memory);
    baton_task* other = __baton_task_create(1001, memory);
    operate(BATON_ATOMIC_RMW, BATON_ACQ_REL);
    __baton_task_switch(other);
    operate(BATON_ATOMIC_LOAD, order);
    __baton_task_switch(start.main_task());
    operate(BATON_ATOMIC_RMW, BATON_ACQ_REL);
    __baton_task_switch(other);
    __baton_atomic_fence(BATON_ACQUIRE, 1);
    found.clear();
    __baton_read8(memory, 2);
    EXPECT_EQ(found.size(), 1u) << order;
    __baton_task_end(other);
    __baton_task_switch(start.main_task());
  }
}

TEST(ReleasesThatNobodySaw, AreOnesThatNoReaderSaw) {
  alignas(64) static char memory[256];
  Program start(1);  // main runs
  baton_task* other = __baton_task_create(1001, memory);
  const auto write = [] {
    __baton_lock_taken(memory, memory, 8, BATON_WRITE_LOCK, memory);
    __baton_write8(memory + 64, 1);
    const uint64_t epoch = __baton_epoch;
    __baton_lock_left(memory, memory, 8, BATON_WRITE_LOCK, memory + 1);
    return epoch;
  };
  const uint64_t first = write();
  EXPECT_EQ(write(), first);
  __baton_task_switch(other);
  __baton_lock_taken(memory, memory, 8, BATON_READ_LOCK, memory);
  __baton_lock_left(memory, memory, 8, BATON_READ_LOCK, memory + 1);
  __baton_task_switch(start.main_task());
  EXPECT_GT(write(), first);
  __baton_task_switch(other);
  found.clear();
  __baton_read8(memory + 64, 2);
  EXPECT_EQ(found.size(), 1u);
  __baton_task_end(other);
  __baton_task_switch(start.main_task());
}

}  // namespace
}  // namespace baton::detector
