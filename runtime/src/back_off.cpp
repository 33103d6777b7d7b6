// SPDX-License-Identifier: Apache-2.0
//
// A list of those who back off, guarded by one lock: it is short, and nobody is in a hurry. An entry lives on the stack
// of its goroutine, which takes it out itself when it goes on. So while the list's lock is held, the entries, their
// goroutines' timers and the locks that they wait for are there; and who stops the timer of one has the right to ready
// it.
#include "runtime/src/back_off.h"

#include "runtime/src/core.h"

namespace baton::rt {

constinit std::atomic<uint32_t> backed_off{0};

namespace {

constexpr uint32_t kMost = 64;  // each leaving goroutine looks at all of them

struct Entry {
  G* g;
  const std::atomic<int32_t>* state;
  int32_t locked;
  int64_t until;
  Entry* next;
  Entry** link;  // what points to this entry

  bool is_free() const noexcept { return (state->load(std::memory_order_relaxed) & locked) == 0; }
};

// Taken before the lock of a timer heap.
constinit RuntimeLock lock;
constinit Entry* first BATON_GUARDED_BY(lock) = nullptr;
constinit Entry** last BATON_GUARDED_BY(lock) = &first;

// When the goroutine is off its stack. That the lock is free at this moment would tell nothing: it is between any two
// sections of its owner.
bool arm(G* g, void* arg) noexcept {
  ready_at(g, static_cast<const Entry*>(arg)->until);
  return true;
}

bool enter(Entry* entry) noexcept {
  RuntimeLockGuard guard(lock);
  if (backed_off.load(std::memory_order_relaxed) == kMost) return false;
  backed_off.fetch_add(1, std::memory_order_relaxed);
  entry->next = nullptr;
  entry->link = last;
  *last = entry;
  last = &entry->next;
  return true;
}

void take_out(Entry* entry) noexcept {
  RuntimeLockGuard guard(lock);
  *entry->link = entry->next;
  if (entry->next != nullptr) {
    entry->next->link = entry->link;
  } else {
    last = entry->link;
  }
  backed_off.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace

bool back_off(const std::atomic<int32_t>* state, int32_t locked, int64_t pause, WaitReason why) noexcept {
  const M* m = current_m();
  if (m == nullptr || sched.proc_count.load(std::memory_order_relaxed) <= 1) return false;
  Entry entry = {m->current, state, locked, nanotime() + pause, nullptr, nullptr};
  if (!enter(&entry)) return false;
  park(&arm, &entry, why);
  take_out(&entry);
  return true;
}

void wake_backed_off_now(const M* m) noexcept {
  if (m->after == After::kPark && m->unlock == &arm) return;
  constexpr uint32_t kWoken = 4;
  G* woken[kWoken];
  uint32_t n = 0;
  {
    RuntimeLockGuard guard(lock);
    const std::atomic<int32_t>* before = nullptr;
    for (const Entry* entry = first; entry != nullptr && n < kWoken; entry = entry->next) {
      if (entry->state == before || !entry->is_free() || !timer_stop(&entry->g->sleep_timer)) continue;
      before = entry->state;
      woken[n++] = entry->g;
    }
  }
  for (uint32_t i = 0; i < n; i++) ready(woken[i]);
}

}  // namespace baton::rt
