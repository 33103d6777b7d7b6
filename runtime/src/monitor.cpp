// SPDX-License-Identifier: Apache-2.0
//
// The monitor: a thread without processor that looks after the others, as Go's sysmon does. It starts with the first
// goroutine, so a program without any has one thread. Each round it
//  * passes on processors whose thread is blocked in the kernel, or in blocking(), although others could run;
//  * asks goroutines that have computed for 10 ms to give way, by the byte that their polls look at (preempt.cpp); from
//  one
//    that does not poll it takes the processor, and another thread goes on with it;
//  * looks for events of descriptors if nobody else has for 10 ms;
//  * gives the memory of stacks back that nobody has needed for a second;
//  * sees to it that due timers fire, if all processors are busy or their threads stuck.
//
// Rounds come every 20 us while there is something to do; after 50 without, the pause doubles, up to 10 ms. When all
// processors have been idle for a second, the monitor sleeps until one is used again.
//
// A thread is taken to be blocked when the kernel says that it sleeps (/proc/self/task/N/stat). That is looked at only
// if its goroutine has run for a whole round and somebody waits for the processor; so a blocking call that nobody
// announced costs others as little as one in blocking(), and a program whose goroutines only compute does not pay.
//
// How long a goroutine has run is the processor time of its thread, not what a clock on the wall says: a thread that
// waits for a CPU on a busy machine is not stuck, and another one in its place would wait just as long. So GOMAXPROCS=1
// keeps its order there, and threads do not pile up.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runtime/src/core.h"
#include "runtime/src/fault.h"
#include "runtime/src/netpoll.h"

namespace baton::rt {
namespace {

constexpr int64_t kMicrosecond = 1'000;
constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kShortestPause = 20 * kMicrosecond;
constexpr int64_t kLongestPause = 10 * kMillisecond;
constexpr int64_t kSlice = 10 * kMillisecond;
// A goroutine that was asked to give way and has not done so by then does not poll.
constexpr int64_t kPatience = 2 * kMillisecond;
// A thread may wait so long for a page, or for a file of a disk, and keep its processor.
constexpr int64_t kDiskPatience = 10 * kMillisecond;
// Processor times are read so often at most.
constexpr int64_t kCpuAge = kMillisecond;
constexpr int64_t kTrimInterval = 1000 * kMillisecond;
constexpr int kQuietRounds = 50;
constexpr int kIdleRounds = 150;

// Whether the kernel has put the thread to sleep, which it does to it not only for a moment. False if it does not tell.
bool sleeps_in_kernel(int tid, int64_t stuck) noexcept {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
  // Not by the C library, whose functions a sanitizer watches: descriptors have no order among threads for it.
  const long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  char text[128];
  const long n = syscall(SYS_read, fd, text, sizeof text - 1);
  syscall(SYS_close, fd);
  if (n <= 0) return false;
  text[n] = '\0';
  // "TID (NAME) STATE ...": the name is at most 15 bytes, and may contain anything.
  const char* end = strrchr(text, ')');
  if (end == nullptr) return false;
  return end[2] == 'S' || (end[2] == 'D' && stuck >= kDiskPatience);
}

// The processor time that the thread has had; `now` if the kernel does not tell.
int64_t cpu_time(int tid, int64_t now) noexcept {
  // The clock of a thread, as pthread_getcpuclockid makes it: an ended thread's is no clock, and no harm.
  constexpr clockid_t kThread = 4;
  constexpr clockid_t kScheduled = 2;
  timespec time;
  if (clock_gettime((~tid * 8) | kThread | kScheduled, &time) != 0) return now;
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

// Whether something cannot run because P's thread does not come back.
bool somebody_waits(P* p, int64_t now) noexcept {
  const int64_t timer = p->timers.earliest();
  return (timer != 0 && timer <= now) || !p->queue.empty() || sched.queued.load(std::memory_order_relaxed) != 0 ||
         p->id >= sched.proc_count.load(std::memory_order_relaxed) || sched.stopping.load(std::memory_order_relaxed);
}

// Whether somebody could take up work that appears from now on without P.
bool others_are_free() noexcept {
  return sched.idle_proc_count.load(std::memory_order_relaxed) != 0 ||
         sched.spinning.load(std::memory_order_relaxed) != 0;
}

bool take_away(P* p, M* m) noexcept {
  // Before the thread can find that it has no P and sleep; pairs with check_dead.
  sched.monitor_holds.store(true, std::memory_order_seq_cst);
  const bool taken = revoke(m, p);
  if (taken) {
    // When the goroutine comes back from where it is stuck, it runs beside GOMAXPROCS others: let it queue up soon.
    m->poll->store(1, std::memory_order_relaxed);
    hand_off(p);
  }
  RuntimeLockGuard guard(sched.lock);
  sched.monitor_holds.store(false, std::memory_order_seq_cst);
  if (taken) check_dead();
  return taken;
}

// What a look at a processor led to.
enum class Finding { kNothing, kAsked, kTaken };

Finding watch(P* p, int64_t now) noexcept {
  M* m = p->m.load(std::memory_order_acquire);  // pairs with acquire_p
  if (m == nullptr) return Finding::kNothing;
  const int tid = m->tid.load(std::memory_order_relaxed);
  const uint32_t blocking = m->blocking.load(std::memory_order_relaxed);
  const uint32_t resumed = m->resumed.load(std::memory_order_relaxed);
  const bool other_thread = p->seen_m != m;
  if (other_thread || now - p->cpu_read >= kCpuAge) {
    p->cpu = cpu_time(tid, now);
    p->cpu_read = now;
  }
  if (other_thread || p->seen_blocking != blocking || p->seen_resumed != resumed) {
    p->seen_m = m;
    p->seen_blocking = blocking;
    p->seen_resumed = resumed;
    p->stuck_since = now;
    p->stuck_cpu = p->cpu;
  }
  const uint32_t tick = p->tick.load(std::memory_order_relaxed);
  if (other_thread || p->seen_tick != tick) {
    p->seen_tick = tick;
    p->slice_cpu = p->cpu;
  }
  Finding finding = Finding::kNothing;
  if (p->cpu - p->slice_cpu >= kSlice && m->poll->load(std::memory_order_relaxed) == 0) {
    m->poll->store(1, std::memory_order_relaxed);
    finding = Finding::kAsked;
  }
  const int64_t stuck = now - p->stuck_since;
  if (stuck == 0) return finding;
  if (others_are_free() && !(somebody_waits(p, now) || ((blocking & 1) != 0 && stuck >= kSlice))) return finding;
  const bool give_up =
      (blocking & 1) != 0 || p->cpu - p->stuck_cpu >= kSlice + kPatience || sleeps_in_kernel(tid, stuck);
  return give_up && take_away(p, m) ? Finding::kTaken : finding;
}

Finding watch_all(int64_t now) noexcept {
  const int n = sched.procs_ever.load(std::memory_order_acquire);
  Finding most = Finding::kNothing;
  for (int i = 0; i < n; i++) {
    const Finding finding = watch(sched.all[i], now);
    if (finding > most) most = finding;
  }
  return most;
}

// Threads sleep, processors are idle, and a timer is due all the same: the keeper found no P when it woke.
bool see_to_timers(int64_t now) noexcept {
  const int64_t earliest = earliest_timer();
  if (earliest == 0 || earliest > now || sched.idle_proc_count.load(std::memory_order_relaxed) == 0) return false;
  startm(nullptr, false);
  return true;
}

bool all_idle() noexcept {
  return sched.idle_proc_count.load(std::memory_order_relaxed) == sched.proc_count.load(std::memory_order_relaxed);
}

// Sleeps until a processor is used again.
void sleep_while_idle() noexcept {
  sched.lock.lock();
  const bool sleeps = all_idle();
  sched.monitor_sleeps = sleeps;
  sched.lock.unlock();
  if (sleeps) sched.monitor_wake.sleep();
  report_quit();
  sched.monitor_wake.clear();
}

[[noreturn]] void watch_for_ever() noexcept {
  int64_t pause = kShortestPause;
  int quiet = 0;
  int idle_rounds = 0;
  bool asked = false;
  int64_t pause_of_trim = kTrimInterval;
  for (;;) {
    if (quiet == 0) {
      pause = kShortestPause;
    } else if (quiet > kQuietRounds) {
      pause = 2 * pause < kLongestPause ? 2 * pause : kLongestPause;
    }
    // Whether those who were asked to give way do is looked at soon.
    const timespec rest = {.tv_sec = 0, .tv_nsec = asked && pause > kPatience ? kPatience : pause};
    nanosleep(&rest, nullptr);
    idle_rounds = all_idle() ? idle_rounds + 1 : 0;
    if (pause_of_trim <= 0) pause_of_trim = trim_stacks() ? kLongestPause : kTrimInterval;
    pause_of_trim -= pause;
    if (idle_rounds >= kIdleRounds && pause_of_trim > kLongestPause) {
      sleep_while_idle();
      idle_rounds = quiet = 0;
      continue;
    }
    const int64_t now = nanotime();
    sched.coarse_now.store(now, std::memory_order_relaxed);
    report_quit();
    const bool fired = see_to_timers(now);
    netpoll_if_stale(now);
    const Finding finding = watch_all(now);
    asked = finding == Finding::kAsked;
    quiet = finding == Finding::kTaken || fired ? 0 : quiet + 1;
  }
}

// A thread of the scheduler that never has a processor.
void* monitor_main(void* m) noexcept {
  set_current_m(static_cast<M*>(m));
  race::task_switch(nullptr);
  give_fault_stack();
  watch_for_ever();
}

}  // namespace

void start_monitor() noexcept {
  if (sched.monitor_started.load(std::memory_order_relaxed) || sched.forked.load(std::memory_order_relaxed)) return;
  if (sched.monitor_started.exchange(true, std::memory_order_relaxed)) return;
  sched.coarse_now.store(nanotime(), std::memory_order_relaxed);
  race::IgnoreScope ignore;
  // Without a monitor goroutines are not preempted; the program runs on.
  if (start_os_thread(&monitor_main, make_m(-1)) == 0) sched.monitor_threads.store(1, std::memory_order_relaxed);
}

}  // namespace baton::rt
