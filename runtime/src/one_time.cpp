// SPDX-License-Identifier: Apache-2.0
//
// The objects are the library's, with the meaning that compilers and libraries rely on: the lowest byte of a guard is
// 1 when it is done, the second bit of a pthread_once_t likewise. What is under way is guarded by a bucket's lock.
//
// Edges: for guards the pass makes them at the calls; pthread_once makes its own. An attempt that failed happens before
// the next one.
#include "runtime/src/one_time.h"

#include <cxxabi.h>
#include <pthread.h>

#include <mutex>

#include "runtime/src/core.h"

namespace baton::rt {

void use_one_time() noexcept {}

}  // namespace baton::rt

// ThreadSanitizer has its own definitions, which tell it what is ordered.
#if !BATON_TSAN

namespace baton::rt {
namespace {

struct Waiter {
  G* g;
  const void* object;
  Waiter* next;
};

struct alignas(64) Bucket {
  RuntimeLock lock;
  Waiter* waiters BATON_GUARDED_BY(lock) = nullptr;
};

constexpr size_t kBuckets = 64;
constinit Bucket buckets[kBuckets];

Bucket& bucket_of(const void* object) noexcept {
  return buckets[(reinterpret_cast<uintptr_t>(object) >> 3) % kBuckets];
}

bool unlock_bucket(G*, void* lock) noexcept BATON_NO_TSA {
  static_cast<RuntimeLock*>(lock)->unlock();
  return true;
}

// Waits until somebody is done with `object`. With the bucket's lock held, which it releases.
void wait_for(const void* object, Bucket& bucket) noexcept BATON_NO_TSA {
  Waiter self{current(), object, bucket.waiters};
  bucket.waiters = &self;
  park(&unlock_bucket, &bucket.lock, WaitReason::kOnceWait);
}

// Takes the waiters of `object` out of the bucket.
Waiter* take_waiters(const void* object, Bucket& bucket) noexcept BATON_REQUIRES(bucket.lock) {
  Waiter* taken = nullptr;
  for (Waiter** link = &bucket.waiters; *link != nullptr;) {
    Waiter* waiter = *link;
    if (waiter->object != object) {
      link = &waiter->next;
      continue;
    }
    *link = waiter->next;
    waiter->next = taken;
    taken = waiter;
  }
  return taken;
}

void ready_all(Waiter* waiter) noexcept {
  while (waiter != nullptr) {
    G* g = waiter->g;
    waiter = waiter->next;  // before ready: the waiter is gone then
    ready(g);
  }
}

// ---- Guards: 0 new, 1 done, else the initialiser's identity in the upper 56 bits ------------------------------------

uint64_t identity() noexcept {
  const M* m = current_m();
  const uintptr_t who =
      m != nullptr && m->current != nullptr ? reinterpret_cast<uintptr_t>(m->current) : pthread_self();
  return static_cast<uint64_t>(who) << 8;
}

using GuardWord = std::atomic<uint64_t>;
constexpr uint64_t kGuardDone = 1;

void end_guard(GuardWord* guard, uint64_t state) noexcept {
  Bucket& bucket = bucket_of(guard);
  Waiter* waiters;
  {
    RuntimeLockGuard lock(bucket.lock);
    guard->store(state, std::memory_order_release);  // pairs with the compiler's own look at the lowest byte
    waiters = take_waiters(guard, bucket);
  }
  ready_all(waiters);
}

// ---- pthread_once ---------------------------------------------------------------------------------------------------

constexpr int kOnceNew = 0;
constexpr int kOnceBusy = 1;
constexpr int kOnceDone = 2;

using OnceWord = std::atomic<int>;

void end_once(OnceWord* control, int state) noexcept {
  Bucket& bucket = bucket_of(control);
  Waiter* waiters;
  {
    RuntimeLockGuard lock(bucket.lock);
    control->store(state, std::memory_order_release);  // pairs with the first look of pthread_once
    waiters = take_waiters(control, bucket);
  }
  ready_all(waiters);
}

// std::call_once hands its callable over in thread-local variables. Who waits may go on in another thread and become
// the one who calls, so it takes them along.
struct CallOnce {
  void* callable;
  void (*call)();
};
__attribute__((noinline)) CallOnce save_call_once() noexcept {
  asm volatile("");
  return {std::__once_callable, std::__once_call};
}
__attribute__((noinline)) void restore_call_once(const CallOnce& saved) noexcept {
  asm volatile("");
  std::__once_callable = saved.callable;
  std::__once_call = saved.call;
}

// True: the caller has to run the routine. False: it has been run.
bool begin_once(OnceWord* control) noexcept BATON_NO_TSA {
  Bucket& bucket = bucket_of(control);
  for (;;) {
    bucket.lock.lock();
    const int state = control->load(std::memory_order_relaxed);
    if ((state & kOnceDone) != 0) break;
    if (state == kOnceNew) {
      control->store(kOnceBusy, std::memory_order_relaxed);
      bucket.lock.unlock();
      return true;
    }
    const CallOnce mine = save_call_once();
    wait_for(control, bucket);
    restore_call_once(mine);
  }
  bucket.lock.unlock();
  return false;
}

// An exception leaves the routine: the next caller tries again.
struct OnceScope {
  OnceWord* control;
  int result = kOnceNew;
  ~OnceScope() {
    race::release(control);
    end_once(control, result);
  }
};

}  // namespace
}  // namespace baton::rt

using namespace baton::rt;

int __cxxabiv1::__cxa_guard_acquire(__guard* object) BATON_NO_TSA {
  auto* guard = reinterpret_cast<GuardWord*>(object);
  Bucket& bucket = bucket_of(guard);
  for (;;) {
    bucket.lock.lock();
    const uint64_t state = guard->load(std::memory_order_acquire);
    if ((state & kGuardDone) != 0) break;
    if (state == 0) {
      guard->store(identity(), std::memory_order_relaxed);
      bucket.lock.unlock();
      return 1;
    }
    if (state == identity()) {
      bucket.lock.unlock();
      // No exception: compilers take it that this function throws none.
      fatal("recursive initialization of a static variable");
    }
    wait_for(guard, bucket);
  }
  bucket.lock.unlock();
  return 0;
}

void __cxxabiv1::__cxa_guard_release(__guard* object) noexcept {
  end_guard(reinterpret_cast<GuardWord*>(object), kGuardDone);
}

void __cxxabiv1::__cxa_guard_abort(__guard* object) noexcept {
  // The next one to try knows of this attempt.
  race::release(object);
  end_guard(reinterpret_cast<GuardWord*>(object), 0);
}

extern "C" int pthread_once(pthread_once_t* control, void (*routine)()) {
  auto* word = reinterpret_cast<OnceWord*>(control);
  if ((word->load(std::memory_order_acquire) & kOnceDone) == 0 && begin_once(word)) {
    OnceScope scope{word};
    race::acquire(control);
    routine();
    scope.result = kOnceDone;
  }
  race::acquire(control);
  return 0;
}

#endif
