// SPDX-License-Identifier: Apache-2.0
#include "runtime/src/netpoll.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <new>

#include "runtime/src/core.h"
#include "runtime/src/slab.h"

namespace baton::rt {

struct PollDesc {
  // The two words; any other value than these is a G.
  static constexpr uintptr_t kNothing = 0;
  static constexpr uintptr_t kReady = 1;
  static constexpr uintptr_t kWaiting = 2;

  // One direction.
  struct Side {
    // Written by the waiter and by those who wake it, by compare-and-swap or exchange: sequentially consistent, so that
    // a waiter that has written kWaiting and a closer that has set `closing` cannot both miss the other.
    std::atomic<uintptr_t> word{kNothing};
    // 0: none; negative: has passed. Written under the lock; read by waiters as `closing` is.
    std::atomic<int64_t> deadline{0};
    Timer timer;
  };

  PollDesc* next = nullptr;  // free list
  RuntimeLock lock;          // deadlines and closing
  std::atomic<bool> closing{false};
  Side read;
  Side write;

  Side& side(PollMode mode) noexcept { return mode == PollMode::kRead ? read : write; }
};

namespace {

constexpr int kEvents = 128;
constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kStale = 10 * kMillisecond;

constinit RuntimeLock poller_lock;  // guards the start and the free list
constinit PollDesc* free_descs BATON_GUARDED_BY(poller_lock) = nullptr;

constinit int epoll_fd = -1;  // written before `started`
constinit int wake_fd = -1;   // an eventfd that netpoll_break makes readable
// Set once by poll_open; its store pairs with the look of an idle thread (keep_time), sequentially consistent.
constinit std::atomic<bool> started{false};
// Taken by exchange in netpoll_break: the eventfd is written once until the poller has seen it.
constinit std::atomic<bool> break_pending{false};
// Goroutines in poll_wait. Raised before they can be found, lowered by whoever takes them out.
constinit std::atomic<int> waiting{0};
// When somebody last looked. Relaxed: a hint for the monitor.
constinit std::atomic<int64_t> last_look{0};

// As in Go since 1.19, a program may have as many descriptors as the hard limit says.
void raise_descriptor_limit() noexcept {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Returns 0, or why there is no poller.
int start_poller() noexcept BATON_REQUIRES(poller_lock) {
  if (started.load(std::memory_order_relaxed)) return 0;
  raise_descriptor_limit();
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd < 0) return errno;
  wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  epoll_event event = {.events = EPOLLIN, .data = {.ptr = &wake_fd}};
  if (wake_fd < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, wake_fd, &event) != 0) {
    const int error = errno;
    close(epoll_fd);
    if (wake_fd >= 0) close(wake_fd);
    return error;
  }
  started.store(true, std::memory_order_seq_cst);
  // An idle thread that keeps the time on its note has to change over to the poller.
  sched.keeper_wake.wake();
  return 0;
}

// Takes who waits in this direction out of its word, to be readied; null if nobody does. `event`: the descriptor is
// ready, which is worth remembering when nobody waits.
G* take_waiter(PollDesc::Side& side, bool event) noexcept {
  uintptr_t old = side.word.load(std::memory_order_seq_cst);
  for (;;) {
    if (old == PollDesc::kReady || (old == PollDesc::kNothing && !event)) return nullptr;
    const uintptr_t now = event ? PollDesc::kReady : PollDesc::kNothing;
    if (side.word.compare_exchange_weak(old, now, std::memory_order_seq_cst)) break;
  }
  if (old <= PollDesc::kWaiting) return nullptr;
  waiting.fetch_sub(1, std::memory_order_seq_cst);
  return reinterpret_cast<G*>(old);
}

void ready_if(G* g) noexcept {
  if (g != nullptr) ready(g);
}

PollResult state_of(const PollDesc* desc, const PollDesc::Side& side) noexcept {
  if (desc->closing.load(std::memory_order_seq_cst)) return PollResult::kClosed;
  if (side.deadline.load(std::memory_order_seq_cst) < 0) return PollResult::kTimeout;
  return PollResult::kReady;
}

// park's unlock: the goroutine is off its stack and can be found from now on, unless something happened meanwhile.
bool publish_waiter(G* g, void* word) noexcept {
  waiting.fetch_add(1, std::memory_order_seq_cst);
  uintptr_t expected = PollDesc::kWaiting;
  auto* slot = static_cast<std::atomic<uintptr_t>*>(word);
  if (slot->compare_exchange_strong(expected, reinterpret_cast<uintptr_t>(g), std::memory_order_seq_cst)) {
    // A thread of the scheduler goes on to look for work, and so for events; any other leaves that to somebody else.
    if (current_m() == nullptr && !sched.keeper.load(std::memory_order_seq_cst)) wakep();
    return true;
  }
  waiting.fetch_sub(1, std::memory_order_seq_cst);
  return false;
}

// A deadline that has been moved is not met by the timer of the old one.
void expire(PollDesc* desc, PollDesc::Side& side, int64_t now) noexcept {
  G* g = nullptr;
  desc->lock.lock();
  const int64_t deadline = side.deadline.load(std::memory_order_relaxed);
  if (deadline > 0 && deadline <= now) {
    side.deadline.store(-1, std::memory_order_seq_cst);
    g = take_waiter(side, false);
  }
  desc->lock.unlock();
  ready_if(g);
}

void expire_read(void* desc, int64_t now) noexcept {
  auto* d = static_cast<PollDesc*>(desc);
  expire(d, d->read, now);
}

void expire_write(void* desc, int64_t now) noexcept {
  auto* d = static_cast<PollDesc*>(desc);
  expire(d, d->write, now);
}

// Returns who has to be readied.
G* set_deadline(PollDesc* desc, PollDesc::Side& side, int64_t when, void (*fire)(void*, int64_t)) noexcept
    BATON_REQUIRES(desc->lock) {
  timer_stop(&side.timer);
  side.deadline.store(when, std::memory_order_seq_cst);
  if (when < 0) return take_waiter(side, false);
  if (when > 0) {
    side.timer.when = when;
    side.timer.fire = fire;
    side.timer.arg = desc;
    timer_start(&side.timer);
  }
  return nullptr;
}

int wait_for_events(epoll_event* events, int64_t until) noexcept {
  int64_t left = 0;
  if (until != 0 && until != INT64_MAX) {
    left = until - nanotime();
    if (left < 0) left = 0;
  }
  static constinit std::atomic<bool> no_pwait2{false};  // set once by whoever finds out; relaxed
  if (!no_pwait2.load(std::memory_order_relaxed)) {
    const timespec timeout = {.tv_sec = left / kSecond, .tv_nsec = left % kSecond};
    const int n = epoll_pwait2(epoll_fd, events, kEvents, until == INT64_MAX ? nullptr : &timeout, nullptr);
    if (n >= 0 || (errno != ENOSYS && errno != EPERM)) return n;
    no_pwait2.store(true, std::memory_order_relaxed);  // Linux before 5.11
  }
  int timeout = -1;
  if (until != INT64_MAX)
    timeout = static_cast<int>(left / kMillisecond >= INT32_MAX ? INT32_MAX : (left + kMillisecond - 1) / kMillisecond);
  return epoll_wait(epoll_fd, events, kEvents, timeout);
}

void clear_break() noexcept {
  uint64_t count;
  while (read(wake_fd, &count, sizeof(count)) < 0 && errno == EINTR) {
  }
  break_pending.store(false, std::memory_order_seq_cst);
}

// A goroutine that lives on a thread of its own is woken at once; the others go to the list.
uint32_t collect(G* g, GList* list) noexcept {
  if (g == nullptr) return 0;
  if (!make_runnable(g)) return 0;
  list->push_back(g);
  return 1;
}

}  // namespace

PollDesc* poll_open(int fd, int* error) noexcept {
  PollDesc* desc;
  {
    RuntimeLockGuard guard(poller_lock);
    *error = start_poller();
    if (*error != 0) return nullptr;
    desc = free_descs;
    if (desc != nullptr) free_descs = desc->next;
  }
  if (desc == nullptr) desc = new (slab_alloc(sizeof(PollDesc))) PollDesc();
  desc->lock.lock();
  desc->closing.store(false, std::memory_order_seq_cst);
  for (PollDesc::Side* side : {&desc->read, &desc->write}) {
    side->word.store(PollDesc::kNothing, std::memory_order_seq_cst);
    side->deadline.store(0, std::memory_order_seq_cst);
  }
  desc->lock.unlock();
  epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = desc}};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0) return desc;
  *error = errno;
  RuntimeLockGuard guard(poller_lock);
  desc->next = free_descs;
  free_descs = desc;
  return nullptr;
}

void poll_close(PollDesc* desc, int fd) noexcept {
  // Explicitly: a descriptor that was duplicated, or inherited by a child, is watched beyond its close.
  epoll_event unused = {};
  epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, &unused);
  RuntimeLockGuard guard(poller_lock);
  desc->next = free_descs;
  free_descs = desc;
}

void poll_evict(PollDesc* desc) noexcept {
  desc->lock.lock();
  desc->closing.store(true, std::memory_order_seq_cst);
  timer_stop(&desc->read.timer);
  timer_stop(&desc->write.timer);
  desc->read.deadline.store(0, std::memory_order_seq_cst);
  desc->write.deadline.store(0, std::memory_order_seq_cst);
  G* reader = take_waiter(desc->read, false);
  G* writer = take_waiter(desc->write, false);
  desc->lock.unlock();
  ready_if(reader);
  ready_if(writer);
}

PollResult poll_prepare(PollDesc* desc, PollMode mode) noexcept {
  PollDesc::Side& side = desc->side(mode);
  const PollResult state = state_of(desc, side);
  if (state == PollResult::kReady) side.word.store(PollDesc::kNothing, std::memory_order_seq_cst);
  return state;
}

PollResult poll_wait(PollDesc* desc, PollMode mode) noexcept {
  PollDesc::Side& side = desc->side(mode);
  for (;;) {
    if (const PollResult state = state_of(desc, side); state != PollResult::kReady) return state;
    uintptr_t word = PollDesc::kReady;
    if (side.word.compare_exchange_strong(word, PollDesc::kNothing, std::memory_order_seq_cst)) {
      return PollResult::kReady;
    }
    if (word != PollDesc::kNothing) throw_("poll_wait: two goroutines wait for one direction of a descriptor");
    if (!side.word.compare_exchange_strong(word, PollDesc::kWaiting, std::memory_order_seq_cst)) continue;
    // Closing and deadlines come before they look at the word, so one of the two sees the other.
    if (state_of(desc, side) == PollResult::kReady) park(&publish_waiter, &side.word, WaitReason::kIOWait);
    if (side.word.exchange(PollDesc::kNothing, std::memory_order_seq_cst) == PollDesc::kReady)
      return PollResult::kReady;
  }
}

void poll_set_deadline(PollDesc* desc, int64_t when, bool read, bool write) noexcept {
  G* reader = nullptr;
  G* writer = nullptr;
  desc->lock.lock();
  if (!desc->closing.load(std::memory_order_relaxed)) {
    if (read) reader = set_deadline(desc, desc->read, when, &expire_read);
    if (write) writer = set_deadline(desc, desc->write, when, &expire_write);
  }
  desc->lock.unlock();
  ready_if(reader);
  ready_if(writer);
}

bool netpoll_started() noexcept { return started.load(std::memory_order_seq_cst); }

bool netpoll_waiting() noexcept { return waiting.load(std::memory_order_seq_cst) != 0; }

uint32_t netpoll(int64_t until, GList* list) noexcept {
  epoll_event events[kEvents];
  const int n = wait_for_events(events, until);
  uint32_t count = 0;
  for (int i = 0; i < n; i++) {
    if (events[i].data.ptr == &wake_fd) {
      // Who does not block is not meant.
      if (until != 0) clear_break();
      continue;
    }
    auto* desc = static_cast<PollDesc*>(events[i].data.ptr);
    const uint32_t what = events[i].events;
    if ((what & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
      count += collect(take_waiter(desc->read, true), list);
    if ((what & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) count += collect(take_waiter(desc->write, true), list);
  }
  return count;
}

void netpoll_break() noexcept {
  if (break_pending.exchange(true, std::memory_order_seq_cst)) return;
  const uint64_t one = 1;
  while (write(wake_fd, &one, sizeof(one)) < 0 && errno == EINTR) {
  }
}

void netpoll_if_stale(int64_t now) noexcept {
  if (!netpoll_waiting() || sched.keeper.load(std::memory_order_relaxed)) return;
  int64_t last = last_look.load(std::memory_order_relaxed);
  if (now - last < kStale || !last_look.compare_exchange_strong(last, now, std::memory_order_relaxed)) return;
  GList list;
  // Goroutines in the list are in no queue: the program is not dead. Before they stop waiting; pairs with check_dead.
  sched.monitor_holds.store(true, std::memory_order_seq_cst);
  if (const uint32_t n = netpoll(0, &list)) {
    sched.lock.lock();
    append_global(&list, n);
    sched.lock.unlock();
    wakep();
  }
  // Not earlier: until somebody has been woken for them, a thread that goes to sleep must not decide.
  RuntimeLockGuard guard(sched.lock);
  sched.monitor_holds.store(false, std::memory_order_seq_cst);
  static_cast<void>(check_dead());
}

}  // namespace baton::rt
