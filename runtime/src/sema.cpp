// SPDX-License-Identifier: Apache-2.0
//
// The table of semaphores. 251 buckets (a prime, so that the strides of arrays of objects spread), each with a lock and
// a treap of addresses; the node of an address is its first waiter, the others hang off it in a list.
//
// Why nothing is lost: an acquirer counts itself in `waiting` before it looks at the counter once more; a releaser
// increments the counter before it looks at `waiting`. Both are sequentially consistent, so one sees the other.
//
// A treap, not a list of addresses: with many contended objects in one bucket a look-up stays logarithmic.
#include "runtime/src/sema.h"

#include <stddef.h>

#include "runtime/src/lock.h"

namespace baton::rt {
namespace {

// A parked goroutine; lies on its stack.
struct SemaWaiter {
  G* g;
  const void* address;
  bool granted = false;  // set by release before ready(): the waiter owns one unit already
  // Waiters of the same address, in order. `last` is valid in the head only.
  SemaWaiter* next = nullptr;
  SemaWaiter* last = nullptr;
  // The treap, linked through the heads: ordered by address, a heap by priority (smallest on top).
  SemaWaiter* parent = nullptr;
  SemaWaiter* left = nullptr;
  SemaWaiter* right = nullptr;
  uint32_t priority = 0;
};

class Bucket {
 public:
  RuntimeLock lock;
  // Waiters in the treap, and acquirers about to enter it. Changed under the lock, read without it by sema_release.
  std::atomic<uint32_t> waiting{0};

  void push(SemaWaiter* waiter, bool lifo) noexcept BATON_REQUIRES(lock);
  SemaWaiter* pop(const void* address) noexcept BATON_REQUIRES(lock);

 private:
  // The link that points at the node of `address`, or the one where it belongs. `*parent` is the node above it.
  SemaWaiter** find(const void* address, SemaWaiter** parent) noexcept BATON_REQUIRES(lock);
  // The link that points at `node`.
  SemaWaiter** link_to(SemaWaiter* node) noexcept BATON_REQUIRES(lock);
  void rotate_left(SemaWaiter* x) noexcept BATON_REQUIRES(lock);
  void rotate_right(SemaWaiter* y) noexcept BATON_REQUIRES(lock);
  // Puts `waiter` into the place of `head`, in the treap and at the front of the list.
  void take_place(SemaWaiter* waiter, SemaWaiter* head, SemaWaiter** link) noexcept BATON_REQUIRES(lock);

  SemaWaiter* root_ BATON_GUARDED_BY(lock) = nullptr;
};

constexpr size_t kBuckets = 251;

// Each on cache lines of its own: buckets are contended by unrelated objects.
struct alignas(64) PaddedBucket : Bucket {};
constinit PaddedBucket table[kBuckets];

Bucket& bucket_of(const void* address) noexcept {
  return table[(reinterpret_cast<uintptr_t>(address) >> 3) % kBuckets];
}

SemaWaiter** Bucket::find(const void* address, SemaWaiter** parent) noexcept {
  SemaWaiter** link = &root_;
  *parent = nullptr;
  while (*link != nullptr && (*link)->address != address) {
    *parent = *link;
    link = address < (*link)->address ? &(*link)->left : &(*link)->right;
  }
  return link;
}

SemaWaiter** Bucket::link_to(SemaWaiter* node) noexcept {
  if (node->parent == nullptr) return &root_;
  return node->parent->left == node ? &node->parent->left : &node->parent->right;
}

//   x              y
//  a  y    -->   x  c
//    b c        a b
void Bucket::rotate_left(SemaWaiter* x) noexcept {
  SemaWaiter* y = x->right;
  SemaWaiter* b = y->left;
  *link_to(x) = y;
  y->parent = x->parent;
  y->left = x;
  x->parent = y;
  x->right = b;
  if (b != nullptr) b->parent = x;
}

void Bucket::rotate_right(SemaWaiter* y) noexcept {
  SemaWaiter* x = y->left;
  SemaWaiter* b = x->right;
  *link_to(y) = x;
  x->parent = y->parent;
  x->right = y;
  y->parent = x;
  y->left = b;
  if (b != nullptr) b->parent = y;
}

void Bucket::take_place(SemaWaiter* waiter, SemaWaiter* head, SemaWaiter** link) noexcept {
  waiter->priority = head->priority;
  waiter->parent = head->parent;
  waiter->left = head->left;
  waiter->right = head->right;
  if (waiter->left != nullptr) waiter->left->parent = waiter;
  if (waiter->right != nullptr) waiter->right->parent = waiter;
  *link = waiter;
  head->parent = head->left = head->right = nullptr;
}

void Bucket::push(SemaWaiter* waiter, bool lifo) noexcept {
  SemaWaiter* parent;
  SemaWaiter** link = find(waiter->address, &parent);
  if (SemaWaiter* head = *link) {
    if (lifo) {
      take_place(waiter, head, link);
      waiter->next = head;
      waiter->last = head->last != nullptr ? head->last : head;
      head->last = nullptr;
    } else {
      (head->last != nullptr ? head->last : head)->next = waiter;
      head->last = waiter;
    }
    return;
  }
  waiter->priority = fast_random();
  waiter->parent = parent;
  *link = waiter;
  while (waiter->parent != nullptr && waiter->parent->priority > waiter->priority) {
    if (waiter->parent->left == waiter) {
      rotate_right(waiter->parent);
    } else {
      rotate_left(waiter->parent);
    }
  }
}

SemaWaiter* Bucket::pop(const void* address) noexcept {
  SemaWaiter* parent;
  SemaWaiter** link = find(address, &parent);
  SemaWaiter* head = *link;
  if (head == nullptr) return nullptr;
  if (SemaWaiter* second = head->next) {
    take_place(second, head, link);
    second->last = head->last == second ? nullptr : head->last;
    return head;
  }
  // The last waiter of this address: rotate the node down to a leaf and cut it off.
  while (head->left != nullptr || head->right != nullptr) {
    if (head->right == nullptr || (head->left != nullptr && head->left->priority < head->right->priority)) {
      rotate_right(head);
    } else {
      rotate_left(head);
    }
  }
  *link_to(head) = nullptr;
  return head;
}

bool try_take(std::atomic<uint32_t>* counter) noexcept {
  uint32_t units = counter->load();
  while (units > 0) {
    if (counter->compare_exchange_weak(units, units - 1)) return true;
  }
  return false;
}

bool unlock_bucket(G*, void* lock) noexcept BATON_NO_TSA {
  static_cast<RuntimeLock*>(lock)->unlock();
  return true;
}

}  // namespace

void sema_acquire(std::atomic<uint32_t>* counter, bool lifo, WaitReason why) noexcept BATON_NO_TSA {
  if (try_take(counter)) return;
  Bucket& bucket = bucket_of(counter);
  for (;;) {
    SemaWaiter self{.g = current(), .address = counter};
    bucket.lock.lock();
    bucket.waiting.fetch_add(1);  // before the second look; pairs with sema_release
    if (try_take(counter)) {
      bucket.waiting.fetch_sub(1);
      bucket.lock.unlock();
      return;
    }
    bucket.push(&self, lifo);
    park(unlock_bucket, &bucket.lock, why);
    if (self.granted || try_take(counter)) return;
  }
}

void sema_release(std::atomic<uint32_t>* counter, bool hand_off) noexcept {
  Bucket& bucket = bucket_of(counter);
  counter->fetch_add(1);  // before the look at `waiting`; pairs with sema_acquire
  if (bucket.waiting.load() == 0) return;
  SemaWaiter* waiter;
  {
    RuntimeLockGuard guard(bucket.lock);
    // Somebody may have taken the unit, and the waiters may belong to other addresses.
    if (bucket.waiting.load() == 0) return;
    waiter = bucket.pop(counter);
    if (waiter == nullptr) return;
    bucket.waiting.fetch_sub(1);
  }
  G* g = waiter->g;
  const bool granted = hand_off && try_take(counter);
  waiter->granted = granted;
  ready(g);
  if (granted) yield_local();
}

}  // namespace baton::rt
