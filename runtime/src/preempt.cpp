// SPDX-License-Identifier: Apache-2.0
#include "runtime/src/preempt.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unwind.h>

extern "C" {
// Called by __baton_preempt (switch_x86_64.S), which keeps all registers of the loop.
void baton_preempted() noexcept;
// Whether vector registers are 256 bits wide; read there.
__attribute__((visibility("hidden"))) constinit bool baton_has_avx = false;
}

namespace baton::rt {
namespace {

_Unwind_Reason_Code look_for_signal_frame(_Unwind_Context* context, void* found) noexcept {
  int is_signal_frame = 0;
  if (_Unwind_GetIPInfo(context, &is_signal_frame) == 0) return _URC_END_OF_STACK;
  if (is_signal_frame == 0) return _URC_NO_REASON;
  *static_cast<bool*>(found) = true;
  return _URC_END_OF_STACK;
}

// Whether the thread runs a signal handler of the program: it is on another stack than the goroutine's, or signals are
// blocked and the stack has a signal frame. Handlers that block no signal at all are not recognised.
bool in_signal_handler(M* m) noexcept {
  const G* g = m->current;
  const char* here = static_cast<const char*>(__builtin_frame_address(0));
  if (g->outermost_frame == nullptr && (here < g->stack.lo || here >= g->stack.hi)) return true;
  stack_t alternative;
  if (sigaltstack(nullptr, &alternative) == 0 && (alternative.ss_flags & SS_ONSTACK) != 0) return true;
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  if (memcmp(&mask, &m->usual_mask, sizeof mask) == 0) return false;
  bool found = false;
  _Unwind_Backtrace(&look_for_signal_frame, &found);
  // Blocked by the program itself, for this thread: no need to look again.
  if (!found) m->usual_mask = mask;
  return found;
}

}  // namespace

void init_preemption() noexcept { baton_has_avx = __builtin_cpu_supports("avx") != 0; }

}  // namespace baton::rt

void baton_preempted() noexcept {
  using namespace baton::rt;
  M* m = current_m();
  if (m == nullptr || m->current == nullptr) return;
  // The byte stays set: the next poll asks again.
  if (m->no_preempt != 0 || in_signal_handler(m)) return;
  m->poll->store(0, std::memory_order_relaxed);
  // exit() runs here and nobody else runs any more: to give way would be to wait, and to let them go on.
  if (sched.stopping.load(std::memory_order_relaxed) && sched.exiting.load(std::memory_order_acquire) == m) return;
  yield();
}
