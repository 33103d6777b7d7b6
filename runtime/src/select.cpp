// SPDX-License-Identifier: Apache-2.0
//
// select (<baton/select.hpp>), after Go's select.go. With the locks of all its channels held, in order of address, a
// select looks at its cases in random order and performs the first that is possible. If there is none it queues up at
// all of them and parks; who takes one of its waiters out claims the select (SelectChoice). The others that try drop
// the waiter and look further. The woken select takes the locks again and the rest of its waiters out.
//
// Invariant: a waiter is valid while it is in a queue, because its select returns only after it has held all locks.
//
// Edges: the case that is performed has those of the plain operation. Every send that was looked at before the choice
// reads the channel, as a plain send does, so that a close that is not ordered with it is a race.
#include <stdlib.h>

#include <algorithm>
#include <baton/select.hpp>
#include <new>

#include "runtime/src/chan.h"
#include "runtime/src/race.h"
#include "runtime/src/types.h"

namespace baton::rt {
namespace {

using internal::CaseKind;
using internal::SelectOp;
using internal::SelectOutcome;

// More cases than this have their orders and waiters on the heap: stacks of goroutines are small.
constexpr size_t kOnStack = 16;

// Room for what a select keeps for each of its cases.
class Room {
 public:
  explicit Room(size_t n) noexcept {
    void* memory = local_;
    if (n > kOnStack) {
      race::IgnoreScope ignore;
      memory = heap_ = malloc(n * kBytesPerCase);
      if (memory == nullptr) fatal("out of memory");
    }
    waiters = static_cast<Waiter*>(memory);
    poll_order = reinterpret_cast<uint32_t*>(waiters + n);
    lock_order = poll_order + n;
  }
  ~Room() {
    if (heap_ == nullptr) return;
    race::IgnoreScope ignore;
    free(heap_);
  }
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  Waiter* waiters;
  uint32_t* poll_order;  // indices of cases, as are those of lock_order
  uint32_t* lock_order;

 private:
  static constexpr size_t kBytesPerCase = sizeof(Waiter) + 2 * sizeof(uint32_t);

  void* heap_ = nullptr;
  alignas(Waiter) char local_[kOnStack * kBytesPerCase];  // not initialised: most of it is never used
};

// One select in progress.
class Select {
 public:
  Select(const SelectOp* ops, size_t n, const Room& room) noexcept;

  bool has_otherwise() const noexcept { return otherwise_ != kNone; }
  SelectOutcome otherwise() const noexcept { return {otherwise_, false}; }
  void lock() noexcept BATON_NO_TSA;
  void unlock() noexcept BATON_NO_TSA;
  // With the locks: the first case that is possible, in *chosen; kMustWait if there is none.
  Attempt try_all(uint32_t* chosen, Waiter** partner, const void* caller) noexcept BATON_NO_TSA;
  // With the locks, which it releases: waits for a partner, and returns the case that it has performed.
  uint32_t wait(bool* success) noexcept BATON_NO_TSA;

 private:
  static constexpr size_t kNone = ~size_t{0};

  static bool unlock_after_park(G*, void* select) noexcept {
    static_cast<Select*>(select)->unlock();
    return true;
  }

  // The channel that is locked in turn i.
  Channel* channel(uint32_t i) const noexcept { return ops_[lock_order_[i]].channel; }
  WaitQueue& queue(const SelectOp& op) const noexcept BATON_NO_TSA {
    return op.kind == CaseKind::kSend ? op.channel->senders : op.channel->receivers;
  }

  const SelectOp* const ops_;
  Waiter* const waiters_;  // in lock order
  uint32_t* const poll_order_;
  uint32_t* const lock_order_;
  uint32_t count_ = 0;  // cases with a channel: the length of the three
  size_t otherwise_ = kNone;
  SelectChoice choice_;
};

Select::Select(const SelectOp* ops, size_t n, const Room& room) noexcept
    : ops_(ops), waiters_(room.waiters), poll_order_(room.poll_order), lock_order_(room.lock_order) {
  for (size_t i = 0; i < n; i++) {
    if (ops[i].kind == CaseKind::kOtherwise) {
      if (otherwise_ != kNone) throw_("select: more than one otherwise");
      otherwise_ = i;
    } else if (ops[i].channel != nullptr) {
      // Each order is equally likely: the new case changes places with any of those before, or stays.
      const uint32_t place = fast_random() % (count_ + 1);
      poll_order_[count_] = poll_order_[place];
      poll_order_[place] = static_cast<uint32_t>(i);
      lock_order_[count_++] = static_cast<uint32_t>(i);
    }
  }
  std::sort(lock_order_, lock_order_ + count_, [ops](uint32_t a, uint32_t b) {
    return reinterpret_cast<uintptr_t>(ops[a].channel) < reinterpret_cast<uintptr_t>(ops[b].channel);
  });
}

void Select::lock() noexcept {
  const Channel* last = nullptr;
  for (uint32_t i = 0; i < count_; i++) {
    Channel* c = channel(i);
    if (c != last) c->lock.lock();
    last = c;
  }
}

// After the last channel is unlocked the select may have returned on another thread, if it was parked; before that it
// cannot, because it needs this very lock. So nothing of it is touched after the last unlock: the next channel is read
// before the current one is unlocked.
void Select::unlock() noexcept {
  uint32_t left = count_;
  if (left == 0) return;
  Channel* c = channel(--left);
  while (c != nullptr) {
    Channel* next = nullptr;
    while (left > 0 && next == nullptr) {
      Channel* candidate = channel(--left);
      if (candidate != c) next = candidate;
    }
    c->lock.unlock();
    c = next;
  }
}

Attempt Select::try_all(uint32_t* chosen, Waiter** partner, const void* caller) noexcept {
  for (uint32_t i = 0; i < count_; i++) {
    const uint32_t index = poll_order_[i];
    const SelectOp& op = ops_[index];
    Attempt attempt;
    if (op.kind == CaseKind::kSend) {
      race_read(op.channel, caller);
      attempt = send_locked(op.channel, op.element, partner);
    } else {
      attempt = recv_locked(op.channel, op.element, partner);
    }
    if (attempt != Attempt::kMustWait) {
      *chosen = index;
      return attempt;
    }
  }
  return Attempt::kMustWait;
}

uint32_t Select::wait(bool* success) noexcept {
  G* self = current();
  for (uint32_t i = 0; i < count_; i++) {
    const SelectOp& op = ops_[lock_order_[i]];
    queue(op).push(new (&waiters_[i]) Waiter{.g = self, .element = op.element, .choice = &choice_});
  }
  park(&unlock_after_park, this, WaitReason::kSelect);
  lock();
  const Waiter* winner = choice_.winner.load(std::memory_order_acquire);  // pairs with claim()
  for (uint32_t i = 0; i < count_; i++) queue(ops_[lock_order_[i]]).remove(&waiters_[i]);
  unlock();
  *success = winner->success;
  return lock_order_[winner - waiters_];
}

}  // namespace
}  // namespace baton::rt

namespace baton::internal {

using namespace baton::rt;

SelectOutcome select_run(const SelectOp* ops, size_t n) {
  const void* caller = __builtin_return_address(0);
  uint32_t chosen = 0;
  bool success = true;
  bool must_wait = false;
  {
    Room room(n);
    Select select(ops, n, room);
    Waiter* partner = nullptr;
    select.lock();
    const Attempt attempt = select.try_all(&chosen, &partner, caller);
    must_wait = attempt == Attempt::kMustWait;
    if (must_wait && !select.has_otherwise()) {
      chosen = select.wait(&success);
    } else {
      select.unlock();
      if (must_wait) return select.otherwise();
      success = attempt == Attempt::kDone;
      const SelectOp& op = ops[chosen];
      if (op.kind == CaseKind::kSend) {
        finish_send(op.channel, op.element, partner);
      } else {
        finish_recv(op.channel, op.element, partner);
      }
    }
  }
  if (!success && ops[chosen].kind == CaseKind::kSend) panic_text("send on closed channel");
  return {chosen, success};
}

void select_nothing() noexcept {
  park(nullptr, nullptr, WaitReason::kSelectNoCases);
  throw_("select without cases was woken");
}

}  // namespace baton::internal
