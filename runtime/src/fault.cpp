// SPDX-License-Identifier: Apache-2.0
#include "runtime/src/fault.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <ucontext.h>

#include <iterator>

#include "runtime/src/core.h"
#include "runtime/src/fatal.h"
#include "runtime/src/slab.h"

namespace baton::rt {
namespace {

constexpr size_t kFaultStack = size_t{64} << 10;
constexpr uintptr_t kNullPage = 4096;
// An overflow is met at most this far below the stack pointer: a call has pushed its return address, or a frame was
// probed.
constexpr uintptr_t kReach = uintptr_t{64} << 10;

#if BATON_ASAN || BATON_TSAN
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

struct Fault {
  int number;
  const char* name;
};
constexpr Fault kFaults[] = {
    {SIGSEGV, "SIGSEGV: segmentation violation"},
    {SIGBUS, "SIGBUS: bus error"},
    {SIGFPE, "SIGFPE: floating-point exception"},
};

constinit struct sigaction actions_before[std::size(kFaults)] = {};  // written by install_fault_handlers()

const struct sigaction& action_before(int number) noexcept {
  size_t i = 0;
  while (kFaults[i].number != number) i++;
  return actions_before[i];
}

const char* name_of(int number) noexcept {
  for (const Fault& fault : kFaults) {
    if (fault.number == number) return fault.name;
  }
  return "";
}

// The bytes that a goroutine's stack may have, if the fault is that it has no more; else 0.
size_t overflown_stack(const G* g, uintptr_t address, uintptr_t sp) noexcept {
  if (g->outermost_frame != nullptr) {
    rlimit limit;
    if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return 0;
    const auto top = reinterpret_cast<uintptr_t>(g->outermost_frame);
    const bool is_near = address < sp + kReach && address + kReach > sp;
    return is_near && address < top && top - address > limit.rlim_cur / 2 ? limit.rlim_cur : 0;
  }
  const auto lo = reinterpret_cast<uintptr_t>(g->stack.lo);
  return address < lo && address >= lo - kGuardSize ? static_cast<size_t>(g->stack.hi - g->stack.lo) : 0;
}

// Not on a thread of ours, or sent by somebody: what was in force before, the detector's summary or the default action,
// which comes when the instruction is tried again.
void pass_on(int number, siginfo_t* info, void* context) {
  const struct sigaction& action = action_before(number);
  if ((action.sa_flags & SA_SIGINFO) != 0) {
    action.sa_sigaction(number, info, context);
  } else if (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN) {
    action.sa_handler(number);
  } else {
    signal(number, SIG_DFL);
    if (info->si_code <= 0) raise(number);
  }
}

void on_fault(int number, siginfo_t* info, void* context) {
  M* m = current_m();
  if (m == nullptr || info->si_code <= 0) {
    pass_on(number, info, context);
    return;
  }
  const auto& registers = static_cast<const ucontext_t*>(context)->uc_mcontext.gregs;
  const auto pc = static_cast<uintptr_t>(registers[REG_RIP]);
  const auto sp = static_cast<uintptr_t>(registers[REG_RSP]);
  const auto address = reinterpret_cast<uintptr_t>(info->si_addr);
  static char headline[160];  // of the one thread that will print it: die() lets no second one through
  static char signal_line[160];
  snprintf(signal_line, sizeof signal_line, "\n[signal %s code=0x%x addr=0x%lx pc=0x%lx]", name_of(number),
           static_cast<unsigned>(info->si_code), address, pc);
  if (m->current == nullptr) die("fatal error: unexpected signal during runtime execution", signal_line, "", true);
  if (const size_t limit = overflown_stack(m->current, address, sp); number == SIGSEGV && limit != 0) {
    snprintf(headline, sizeof headline, "runtime: goroutine stack exceeds %zu-byte limit\nfatal error: ", limit);
    die(headline, "stack overflow", "", false, pc);
  }
  if (number == SIGFPE && info->si_code == FPE_INTDIV) {
    die("panic: runtime error: ", "integer divide by zero", signal_line, false, pc);
  }
  if (number == SIGSEGV && address < kNullPage) {
    die("panic: runtime error: ", "invalid memory address or nil pointer dereference", signal_line, false, pc);
  }
  snprintf(headline, sizeof headline, "unexpected fault address 0x%lx\nfatal error: ", address);
  die(headline, "fault", signal_line, false, pc);
}

// The first SIGQUIT. `state`: 0 none, 1 being noted, 2 noted (releasing store, pairs with report_quit).
struct Quit {
  std::atomic<int> state{0};
  const G* g = nullptr;
  Trace trace;
  char headline[120] = {};
};
constinit Quit quit;

void on_quit(int, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  int none = 0;
  if (!quit.state.compare_exchange_strong(none, 1, std::memory_order_acquire)) return;
  const M* m = current_m();
  const auto pc = static_cast<uintptr_t>(static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP]);
  snprintf(quit.headline, sizeof quit.headline, "SIGQUIT: quit\nPC=0x%lx m=%d sigcode=%d", pc,
           m == nullptr ? -1 : m->id, info->si_code);
  if (m != nullptr && m->current != nullptr) {
    quit.g = m->current;
    quit.trace = capture_trace_from(pc);
  }
  quit.state.store(2, std::memory_order_release);
  if (sched.monitor_threads.load(std::memory_order_relaxed) == 0) report_quit();
  sched.monitor_wake.wake();
  errno = saved_errno;
}

}  // namespace

void report_quit() noexcept {
  if (quit.state.load(std::memory_order_acquire) != 2) return;
  quit.state.store(3, std::memory_order_relaxed);
  die_of_signal(quit.headline, quit.g, quit.trace);
}

bool quit_noted() noexcept { return quit.state.load(std::memory_order_relaxed) != 0; }

void give_fault_stack() noexcept {
  stack_t stack = {};
  stack.ss_sp = pages_alloc(kFaultStack);
  stack.ss_size = kFaultStack;
  sigaltstack(&stack, nullptr);
}

void install_fault_handlers() noexcept {
  if constexpr (kSanitized) return;
  struct sigaction action = {};
  action.sa_sigaction = &on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < std::size(kFaults); i++) sigaction(kFaults[i].number, &action, &actions_before[i]);
  struct sigaction old;
  if (sigaction(SIGQUIT, nullptr, &old) != 0 || old.sa_handler != SIG_DFL) return;
  action.sa_sigaction = &on_quit;
  action.sa_flags |= SA_RESTART;
  sigaction(SIGQUIT, &action, nullptr);
}

}  // namespace baton::rt
