// SPDX-License-Identifier: Apache-2.0
#include "runtime/src/runq.h"

#include <time.h>

#include "runtime/src/types.h"

namespace baton::rt {

void GList::push_back(G* g) noexcept {
  g->sched_link = nullptr;
  if (tail_ != nullptr) {
    tail_->sched_link = g;
  } else {
    head_ = g;
  }
  tail_ = g;
}

G* GList::pop_front() noexcept {
  G* g = head_;
  if (g == nullptr) return nullptr;
  head_ = g->sched_link;
  if (head_ == nullptr) tail_ = nullptr;
  return g;
}

void GList::append(GList* other) noexcept {
  if (other->head_ == nullptr) return;
  if (tail_ != nullptr) {
    tail_->sched_link = other->head_;
  } else {
    head_ = other->head_;
  }
  tail_ = other->tail_;
  *other = GList();
}

uint32_t RunQueue::put_next(G* g, GList* overflow) noexcept {
  G* kicked = next_.exchange(g, std::memory_order_seq_cst);
  return kicked == nullptr ? 0 : put(kicked, overflow);
}

uint32_t RunQueue::put(G* g, GList* overflow) noexcept {
  for (;;) {
    const uint32_t head = head_.load(std::memory_order_acquire);  // pairs with the CAS in get and grab
    const uint32_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - head < kSize) {
      slots_[tail % kSize].store(g, std::memory_order_relaxed);
      tail_.store(tail + 1, std::memory_order_release);  // pairs with grab
      return 0;
    }
    if (overflow_half(g, head, tail, overflow)) return kSize / 2 + 1;
    // A thief made room.
  }
}

bool RunQueue::overflow_half(G* g, uint32_t head, uint32_t tail, GList* overflow) noexcept {
  const uint32_t n = (tail - head) / 2;
  G* batch[kSize / 2];
  for (uint32_t i = 0; i < n; i++) batch[i] = slots_[(head + i) % kSize].load(std::memory_order_relaxed);
  if (!head_.compare_exchange_strong(head, head + n, std::memory_order_acq_rel, std::memory_order_relaxed)) {
    return false;
  }
  for (uint32_t i = 0; i < n; i++) overflow->push_back(batch[i]);
  overflow->push_back(g);
  return true;
}

G* RunQueue::take_next(bool* inherit) noexcept {
  // Only the owner fills next_, so a failed exchange means that a thief emptied it.
  G* next = next_.load(std::memory_order_relaxed);
  *inherit = next != nullptr &&
             next_.compare_exchange_strong(next, nullptr, std::memory_order_acq_rel, std::memory_order_relaxed);
  return *inherit ? next : nullptr;
}

G* RunQueue::get(bool* inherit) noexcept {
  if (G* next = take_next(inherit)) return next;
  uint32_t head = head_.load(std::memory_order_acquire);  // pairs with other consumers
  for (;;) {
    if (tail_.load(std::memory_order_relaxed) == head) return nullptr;
    G* g = slots_[head % kSize].load(std::memory_order_relaxed);
    if (head_.compare_exchange_weak(head, head + 1, std::memory_order_acq_rel, std::memory_order_acquire)) return g;
  }
}

uint32_t RunQueue::grab(std::atomic<G*>* batch, uint32_t batch_head, bool take_next, bool victim_runs) noexcept {
  for (;;) {
    uint32_t head = head_.load(std::memory_order_acquire);        // pairs with other consumers
    const uint32_t tail = tail_.load(std::memory_order_acquire);  // pairs with put
    uint32_t n = tail - head;
    n -= n / 2;
    if (n == 0) {
      if (!take_next) return 0;
      G* next = next_.load(std::memory_order_seq_cst);
      if (next == nullptr) return 0;
      if (victim_runs) {
        // The victim is probably about to run it: a goroutine that readies another mostly blocks soon after. Taking it
        // now would make the pair bounce between threads. A hand-over takes about 50 ns, so 3 us is ample.
        const timespec back_off = {.tv_sec = 0, .tv_nsec = 3000};
        nanosleep(&back_off, nullptr);
      }
      if (!next_.compare_exchange_strong(next, nullptr, std::memory_order_acq_rel, std::memory_order_relaxed)) continue;
      batch[batch_head % kSize].store(next, std::memory_order_relaxed);
      return 1;
    }
    if (n > kSize / 2) continue;  // head and tail were read at different moments
    for (uint32_t i = 0; i < n; i++) {
      batch[(batch_head + i) % kSize].store(slots_[(head + i) % kSize].load(std::memory_order_relaxed),
                                            std::memory_order_relaxed);
    }
    if (head_.compare_exchange_strong(head, head + n, std::memory_order_acq_rel, std::memory_order_relaxed)) return n;
  }
}

G* RunQueue::steal(RunQueue* victim, bool take_next, bool victim_runs) noexcept {
  const uint32_t tail = tail_.load(std::memory_order_relaxed);
  const uint32_t n = victim->grab(slots_, tail, take_next, victim_runs);
  if (n == 0) return nullptr;
  G* g = slots_[(tail + n - 1) % kSize].load(std::memory_order_relaxed);
  if (n > 1) tail_.store(tail + n - 1, std::memory_order_release);  // pairs with grab
  return g;
}

uint32_t RunQueue::drain(GList* out) noexcept {
  uint32_t n = 0;
  bool inherit;
  while (G* g = get(&inherit)) {
    out->push_back(g);
    n++;
  }
  return n;
}

bool RunQueue::empty() const noexcept {
  // put_next moves a goroutine from next_ to the ring; reading the ring first and next_ later could miss it in both.
  // An unchanged tail says that nothing moved in between. Sequentially consistent: the check of spin.cpp.
  for (;;) {
    const uint32_t head = head_.load(std::memory_order_seq_cst);
    const uint32_t tail = tail_.load(std::memory_order_seq_cst);
    const G* next = next_.load(std::memory_order_seq_cst);
    if (tail == tail_.load(std::memory_order_seq_cst)) return head == tail && next == nullptr;
  }
}

}  // namespace baton::rt
