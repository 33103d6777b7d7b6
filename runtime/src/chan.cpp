// SPDX-License-Identifier: Apache-2.0
//
// Send, receive and close of the untyped channel. Invariants and the plan of an operation are in chan.h.
#include "runtime/src/chan.h"

#include <stdlib.h>
#include <string.h>

#include <algorithm>

#include "runtime/src/preempt.h"
#include "runtime/src/race.h"
#include "runtime/src/timer_chan.h"
#include "runtime/src/types.h"

namespace baton::rt {
namespace {

// The most that one channel may occupy; what is more is a mistake of the program. Go: maxAlloc, 2^48 on 64-bit Linux.
constexpr size_t kMaxBytes = size_t{1} << 47;

// Constructs an element from another, which stays alive. In the ignore scope: it may run on behalf of the goroutine
// that owns the other end, and what the channel copies to and fro is not an access of the program.
[[gnu::noinline]] void move_any_element(const ElementOps* ops, void* to, void* from) noexcept {
  if (ops->move == nullptr) {
    race::IgnoreScope ignore;
    memcpy(to, from, ops->size);
    return;
  }
  // It may be code of the program, with polls, and the channel is locked.
  const NoPreemptScope no_preempt;
  race::IgnoreScope ignore;
  ops->move(to, from);
}

// The same; the common sizes without a call, so without anything that could be recorded.
void move_element(const ElementOps* ops, void* to, void* from) noexcept {
  if (ops->move != nullptr) {
    move_any_element(ops, to, from);
  } else if (ops->size == 8) {
    __builtin_memcpy(to, from, 8);
  } else if (ops->size == 4) {
    __builtin_memcpy(to, from, 4);
  } else if (ops->size == 1) {
    __builtin_memcpy(to, from, 1);
  } else if (ops->size == 16) {
    __builtin_memcpy(to, from, 16);
  } else {
    move_any_element(ops, to, from);
  }
}

void destroy_element(const ElementOps* ops, void* at) noexcept {
  if (ops->destroy == nullptr) return;
  const NoPreemptScope no_preempt;
  race::IgnoreScope ignore;
  ops->destroy(at);
}

// The memory of a channel is the runtime's: the detector neither records its allocation nor keeps anything about it.
void* allocate(size_t align, size_t bytes) noexcept {
  race::IgnoreScope ignore;
  return aligned_alloc(align, bytes);
}

void deallocate(void* memory, size_t bytes) noexcept {
  race::mem_reset(memory, bytes);
  race::IgnoreScope ignore;
  free(memory);
}

// The clocks of the slots: pages that no slot used yet cost nothing.
race::Clock* allocate_clocks(size_t capacity) noexcept {
  if (!race::kEnabled || capacity == 0) return nullptr;
  race::IgnoreScope ignore;
  void* clocks = calloc(capacity, sizeof(race::Clock));
  if (clocks == nullptr) fatal("out of memory");
  return static_cast<race::Clock*>(clocks);
}

void deallocate_clocks(race::Clock* clocks, size_t capacity) noexcept {
  if (clocks == nullptr) return;
  race::free_clocks(clocks, capacity);
  race::IgnoreScope ignore;
  free(clocks);
}

bool unlock_after_park(G*, void* lock) noexcept BATON_NO_TSA {
  static_cast<RuntimeLock*>(lock)->unlock();
  return true;
}

[[noreturn]] void block_forever(WaitReason why) noexcept {
  park(nullptr, nullptr, why);
  throw_("goroutine on a nil channel was woken");
}

}  // namespace

void WaitQueue::push(Waiter* waiter) noexcept {
  waiter->next = nullptr;
  waiter->previous = last_;
  waiter->queued = true;
  if (last_ != nullptr) {
    last_->next = waiter;
  } else {
    first_.store(waiter, std::memory_order_relaxed);
  }
  last_ = waiter;
}

void WaitQueue::remove(Waiter* waiter) noexcept {
  if (!waiter->queued) return;
  waiter->queued = false;
  if (waiter->previous != nullptr) {
    waiter->previous->next = waiter->next;
  } else {
    first_.store(waiter->next, std::memory_order_relaxed);
  }
  if (waiter->next != nullptr) {
    waiter->next->previous = waiter->previous;
  } else {
    last_ = waiter->previous;
  }
}

Waiter* WaitQueue::take() noexcept {
  while (Waiter* waiter = first_.load(std::memory_order_relaxed)) {
    remove(waiter);
    // A waiter of a select stays valid while it is queued: its select cannot return before it has looked here under the
    // lock. Once it is out of the queue and lost, it must not be touched again.
    if (waiter->choice == nullptr || waiter->choice->claim(waiter)) return waiter;
  }
  return nullptr;
}

void race_read(Channel* c, const void* caller) noexcept {
  if (c->closed.load(std::memory_order_relaxed)) {
    race::object_read(c, 1, caller);
  } else {
    race::add_read(c->sends, c, caller);
  }
}

Attempt send_locked(Channel* c, void* element, Waiter** partner) noexcept {
  *partner = nullptr;
  if (c->closed.load(std::memory_order_relaxed)) return Attempt::kClosed;
  if (Waiter* receiver = c->receivers.take()) {
    if (c->capacity == 0) {
      race::meet(receiver->g->task);
    } else {
      // As if the element went through the buffer, which is empty.
      if constexpr (race::kEnabled) {
        race::release_acquire(c->clocks[c->recv_index]);
        race::release_acquire_for(receiver->g->task, c->clocks[c->recv_index]);
      }
      c->recv_index = c->after(c->recv_index);
      c->send_index = c->recv_index;
    }
    *partner = receiver;
    return Attempt::kDone;
  }
  const size_t count = c->count.load(std::memory_order_relaxed);
  if (count == c->capacity) return Attempt::kMustWait;
  char* slot = c->slot(c->send_index);
  if constexpr (race::kEnabled) race::release_acquire(c->clocks[c->send_index]);
  move_element(c->ops, slot, element);
  c->send_index = c->after(c->send_index);
  c->count.store(count + 1, std::memory_order_relaxed);
  return Attempt::kDone;
}

void finish_send(Channel* c, void* element, Waiter* partner) noexcept {
  if (partner == nullptr) return;
  move_element(c->ops, partner->element, element);
  partner->success = true;
  ready(partner->g);
}

Attempt recv_locked(Channel* c, void* element, Waiter** partner) noexcept {
  *partner = nullptr;
  const size_t count = c->count.load(std::memory_order_relaxed);
  if (count == 0 && c->closed.load(std::memory_order_relaxed)) {
    race::acquire(c);
    return Attempt::kClosed;
  }
  if (c->capacity != 0 && count == 0) return Attempt::kMustWait;
  Waiter* sender = c->senders.take();
  *partner = sender;
  if (c->capacity == 0) {
    if (sender == nullptr) return Attempt::kMustWait;
    race::meet(sender->g->task);
    return Attempt::kDone;
  }
  const size_t index = c->recv_index;
  char* slot = c->slot(index);
  if constexpr (race::kEnabled) {
    if (c->element_clock == nullptr) {
      race::release_acquire(c->clocks[index]);
    } else {
      race::acquire(c->element_clock);
    }
  }
  move_element(c->ops, element, slot);
  destroy_element(c->ops, slot);
  c->recv_index = c->after(c->recv_index);
  if (sender == nullptr) {
    c->count.store(count - 1, std::memory_order_relaxed);
    return Attempt::kDone;
  }
  // The buffer was full, so the freed slot is its end: the sender's element goes there.
  if constexpr (race::kEnabled) race::release_acquire_for(sender->g->task, c->clocks[index]);
  move_element(c->ops, slot, sender->element);
  c->send_index = c->recv_index;
  return Attempt::kDone;
}

void finish_recv(Channel* c, void* element, Waiter* partner) noexcept {
  if (partner == nullptr) return;
  if (c->capacity == 0) move_element(c->ops, element, partner->element);
  partner->success = true;
  ready(partner->g);
}

}  // namespace baton::rt

namespace baton::internal {

using namespace baton::rt;

Channel* chan_make(const ElementOps* ops, ptrdiff_t capacity) {
  const size_t align = std::max(ops->align, alignof(Channel));
  const size_t header = (sizeof(Channel) + align - 1) / align * align;
  if (capacity < 0 || static_cast<size_t>(capacity) > (kMaxBytes - header) / ops->size) {
    panic_text("makechan: size out of range");
  }
  const size_t used = header + static_cast<size_t>(capacity) * ops->size;
  const size_t bytes = (used + align - 1) / align * align;
  void* memory = allocate(align, bytes);
  if (memory == nullptr) fatal("out of memory");
  Channel* c = new (memory) Channel(ops, static_cast<size_t>(capacity), bytes);
  c->buffer = static_cast<char*>(memory) + header;
  c->clocks = allocate_clocks(c->capacity);
  return c;
}

void chan_retain(Channel* c) noexcept { c->references.fetch_add(1, std::memory_order_relaxed); }

// Gives no edge: that this handle was the last one tells nothing about what the others' owners did before.
void chan_drop(Channel* c) noexcept BATON_NO_TSA {
  if (c->timer != nullptr) timer_abandon(c);
  if (c->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  // The destructors of global handles run while other goroutines may still be running.
  if (sched.stopping.load(std::memory_order_relaxed)) return;
  for (size_t left = c->count.load(std::memory_order_relaxed), i = c->recv_index; left != 0; left--, i = c->after(i)) {
    destroy_element(c->ops, c->slot(i));
  }
  if (c->timer != nullptr) timer_destroy(c->timer);
  deallocate_clocks(c->clocks, c->capacity);
  race::free_reads(c->sends);
  const size_t bytes = c->allocated;
  c->~Channel();
  deallocate(c, bytes);
}

size_t chan_len(const Channel* c) noexcept { return c->count.load(std::memory_order_relaxed); }

size_t chan_cap(const Channel* c) noexcept { return c->capacity; }

void chan_send(Channel* c, void* element) BATON_NO_TSA {
  if (c == nullptr) block_forever(WaitReason::kChanSendNil);
  const void* caller = __builtin_return_address(0);
  Waiter* partner;
  c->lock.lock();
  race_read(c, caller);
  switch (send_locked(c, element, &partner)) {
    case Attempt::kDone:
      c->lock.unlock();
      finish_send(c, element, partner);
      return;
    case Attempt::kClosed:
      c->lock.unlock();
      panic_text("send on closed channel");
    case Attempt::kMustWait:
      break;
  }
  Waiter self{.g = current(), .element = element};
  c->senders.push(&self);
  park(unlock_after_park, &c->lock, WaitReason::kChanSend);
  if (!self.success) panic_text("send on closed channel");
}

bool chan_try_send(Channel* c, void* element) BATON_NO_TSA {
  if (c == nullptr) return false;
  const void* caller = __builtin_return_address(0);
  // Without the lock: not closed, then full. Each was true at its moment, and a channel never opens again, so both were
  // true at the first one: the send could not have been performed then. Pairs with the store in chan_close.
  if (!c->closed.load(std::memory_order_acquire)) {
    const bool full = c->capacity == 0 ? c->receivers.empty() : c->count.load(std::memory_order_relaxed) == c->capacity;
    if (full) {
      race::object_read(c, 1, caller);
      return false;
    }
  }
  Waiter* partner;
  c->lock.lock();
  race_read(c, caller);
  const Attempt attempt = send_locked(c, element, &partner);
  c->lock.unlock();
  if (attempt == Attempt::kClosed) panic_text("send on closed channel");
  finish_send(c, element, partner);
  return attempt == Attempt::kDone;
}

bool chan_recv(Channel* c, void* element) BATON_NO_TSA {
  if (c == nullptr) block_forever(WaitReason::kChanReceiveNil);
  Waiter* partner;
  c->lock.lock();
  const Attempt attempt = recv_locked(c, element, &partner);
  if (attempt != Attempt::kMustWait) {
    c->lock.unlock();
    finish_recv(c, element, partner);
    return attempt == Attempt::kDone;
  }
  Waiter self{.g = current(), .element = element};
  c->receivers.push(&self);
  park(unlock_after_park, &c->lock, WaitReason::kChanReceive);
  return self.success;
}

Received chan_try_recv(Channel* c, void* element) BATON_NO_TSA {
  if (c == nullptr) return Received::kNothing;
  // Without the lock: empty, then not closed; a channel never opens again, so both were true at the first moment. In
  // the other order a send and the close could come between the two looks. Pairs with the store in chan_close.
  const bool is_empty = c->capacity == 0 ? c->senders.empty() : c->count.load(std::memory_order_acquire) == 0;
  if (is_empty && !c->closed.load(std::memory_order_acquire)) return Received::kNothing;
  Waiter* partner;
  c->lock.lock();
  const Attempt attempt = recv_locked(c, element, &partner);
  c->lock.unlock();
  finish_recv(c, element, partner);
  switch (attempt) {
    case Attempt::kDone:
      return Received::kValue;
    case Attempt::kClosed:
      return Received::kClosed;
    case Attempt::kMustWait:
      break;
  }
  return Received::kNothing;
}

// The same functions under the names whose callers know that nobody keeps the element's address.
#define BATON_SAME_AS(symbol) [[gnu::alias("_ZN5baton8internal" symbol "EPNS0_7ChannelEPv")]]
BATON_SAME_AS("9chan_send") void chan_send_bytes(Channel* c, [[clang::noescape]] void* element);
BATON_SAME_AS("13chan_try_send") bool chan_try_send_bytes(Channel* c, [[clang::noescape]] void* element);
BATON_SAME_AS("9chan_recv") bool chan_recv_bytes(Channel* c, [[clang::noescape]] void* element);
BATON_SAME_AS("13chan_try_recv") Received chan_try_recv_bytes(Channel* c, [[clang::noescape]] void* element);
#undef BATON_SAME_AS

void chan_close(Channel* c) BATON_NO_TSA {
  if (c == nullptr) panic_text("close of nil channel");
  const void* caller = __builtin_return_address(0);
  c->lock.lock();
  race::settle_reads(c->sends, c);
  race::object_write(c, 1, caller);  // before the check: two closes race, whichever comes first
  if (c->closed.load(std::memory_order_relaxed)) {
    c->lock.unlock();
    panic_text("close of closed channel");
  }
  race::release(c);
  // Pairs with the acquire loads of the operations that do not block.
  c->closed.store(true, std::memory_order_release);

  // All waiters are taken out under the lock and woken after it: a woken goroutine may need the lock at once.
  Waiter* woken = nullptr;
  Waiter** end = &woken;
  for (WaitQueue* queue : {&c->receivers, &c->senders}) {
    while (Waiter* waiter = queue->take()) {
      race::acquire_for(waiter->g->task, c);
      waiter->success = false;
      waiter->next = nullptr;
      *end = waiter;
      end = &waiter->next;
    }
  }
  c->lock.unlock();
  while (woken != nullptr) {
    Waiter* waiter = woken;
    woken = waiter->next;  // before ready: the waiter is gone then
    ready(waiter->g);
  }
}

}  // namespace baton::internal
