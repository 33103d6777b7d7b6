// SPDX-License-Identifier: Apache-2.0

#include "detector/src/task.h"

#include <sys/resource.h>

#include <atomic>
#include <new>

#include "detector/src/access.h"
#include "detector/src/chain.h"
#include "detector/src/collect.h"
#include "detector/src/mem.h"

namespace baton::detector {
namespace {

using TaskPool = Pool<Task, (1u << 26)>;
constinit TaskPool tasks;

constexpr uint32_t kMaxThreads = 16384;  // those beyond are not known to reports
constinit std::atomic<uint32_t> thread_count{0};
constinit std::atomic<uintptr_t> threads[kMaxThreads] = {};  // written once by note_thread(), read by noted_thread()

uint32_t index_of(Task* task) { return static_cast<uint32_t>(task - &tasks[0]); }

}  // namespace

void Snapshot::merge(const Clock& other, Epoch other_origin) {
  if (origin != 0) clock.raise(origin);
  origin = 0;
  clock.join(other);
  if (other_origin != 0) clock.raise(other_origin);
}

void note_thread() {
  uint32_t slot = thread_count.fetch_add(1, std::memory_order_relaxed);
  if (slot < kMaxThreads) {
    threads[slot].store(reinterpret_cast<uintptr_t>(__builtin_thread_pointer()), std::memory_order_relaxed);
  }
}

uint32_t noted_threads() {
  uint32_t count = thread_count.load(std::memory_order_relaxed);
  return count < kMaxThreads ? count : kMaxThreads;
}

uintptr_t noted_thread(uint32_t i) { return threads[i].load(std::memory_order_relaxed); }

void init_tasks() { tasks.init("tasks"); }

// publish_anew() without a call: an item through a channel needs two.
[[gnu::always_inline]] inline Epoch Task::publish_here() {
  Epoch published = newest != 0 ? newest : epoch;
  newest = 0;
  if (learnt) same_since = published;
  recorded = false;
  recorded_outside = false;
  learnt = false;
  clock.stamp(published);
  epoch = published;
  if (__builtin_expect(number_of(epoch) == kMaxEpochNumber, false)) {
    renew_chain();
  } else {
    ++epoch;
  }
  if (current_task == this) show_epoch(*this);
  return published;
}

Epoch Task::publish_anew() { return publish_here(); }

void Task::continue_epoch() {
  newest = epoch;  // a number of its own for what is published next: it may stand for another clock
  epoch = before_release;
  recorded = true;
  if (current_task == this) show_epoch(*this);
}

void Task::renew_chain() {
  clock.raise(epoch);
  epoch = same_since = first_epoch = fresh_chain();
  learnt = true;
  owns_epochs = false;
}

void Task::merge_anew(Snapshot& snapshot, Epoch mine) {
  Epoch before = snapshot.origin;
  if (before != 0 ? knows_all_of(before) : snapshot.clock.empty()) {
    snapshot.clock.assign(clock);
    snapshot.origin = mine;
  } else {
    snapshot.merge(clock, mine);
  }
}

void Task::exchange_with(Snapshot& snapshot) {
  // The common exchange, without a frame: nothing was learnt, and the snapshot says no more than the own clock did.
  if (learnt || newest != 0 || !is_same_clock(snapshot.origin) || number_of(epoch) == kMaxEpochNumber) {
    exchange_news(snapshot);
    return;
  }
  last_release = nullptr;
  snapshot.origin = epoch - 1;
  if (!recorded) return;
  recorded = false;
  recorded_outside = false;
  clock.stamp(epoch);
  snapshot.origin = epoch++;
  if (current_task == this) show_epoch(*this);
}

void Task::exchange_news(Snapshot& snapshot) {
  last_release = nullptr;
  Epoch mine = recorded || learnt ? publish_here() : epoch - 1;
  // What the snapshot was is learnt after the own clock was given away: k-th send before k-th receive, nothing more.
  Epoch before = snapshot.origin;
  snapshot.origin = mine;
  if (is_same_clock(before)) return;
  if (before != 0 && knows_all_of(before)) {
    snapshot.clock.assign(clock);
    return;
  }
  learnt |= clock.exchange(snapshot.clock, epoch);
  if (before != 0) learnt |= clock.raise(before);
}

void Task::learn(const Clock& other, Epoch origin) {
  learnt |= clock.join(other, epoch);
  if (origin != 0) learnt |= clock.raise_after(other, origin);
}

bool Task::acquire_news(Snapshot& snapshot) {
  snapshot.seen = snapshot.origin;
  if (snapshot.origin != 0 && knows_all_of(snapshot.origin)) return false;
  learn(snapshot.clock, snapshot.origin);
  return true;
}

void Task::meet(Task& other) {
  Epoch mine = publish();
  if (!other.knows(mine)) other.learn(clock, mine);
  Epoch theirs = other.publish();
  if (!knows(theirs)) learn(other.clock, theirs);
}

constinit std::atomic<bool> alone{false};

namespace {

// Others come into being: from here on the task records what it does, in an epoch of its own.
void end_alone(Task& task) {
  alone.store(false, std::memory_order_relaxed);
  task.recorded = true;
  if (current_task == &task) show_epoch(task);
}

}  // namespace

Task* new_task(Task* creator, uint64_t id, uint32_t creation) {
  collect_if_due();
  if (creator != nullptr && is_alone()) end_alone(*creator);
  Task* task = new (&tasks[tasks.alloc()]) Task;
  task->id = id;
  task->creation = creation;
  if (creator != nullptr) {
    task->creator = creator->id;
    Epoch published = creator->publish();
    task->clock.assign(creator->clock);
    task->clock.raise(published);
  }
  task->epoch = task->same_since = task->first_epoch = take_chain(task->clock);
  return task;
}

// Asked for reports only. Tasks may end meanwhile: then the answer is an old one, and no worse.
const Task* task_of_stack(uintptr_t address) {
  rlimit limit;
  constexpr uintptr_t kUnlimited = 1 << 30;
  bool known = getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur < kUnlimited;
  const uintptr_t largest = known ? limit.rlim_cur : kUnlimited;
  for (uint32_t i = 1; i < tasks.used(); ++i) {
    const Task& task = tasks[i];
    // The main task's stack grows: it begins nowhere.
    bool is_above = task.stack_begin != 0 ? address >= task.stack_begin : address + largest >= task.stack_end;
    if (is_above && address < task.stack_end) return &task;
  }
  return nullptr;
}

void end_task(Task* task) {
  task->stack_end = 0;
  leave_chain(*task);
  task->clock.clear();
  task->fence_release.clear();
  task->fence_acquire.clear();
  tasks.free(index_of(task));
}

}  // namespace baton::detector
