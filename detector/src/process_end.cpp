// SPDX-License-Identifier: Apache-2.0

#include "detector/src/process_end.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>

#include "detector/src/report.h"

namespace baton::detector {
namespace {

// The runtime puts its own handlers before those of SIGSEGV, SIGBUS and SIGFPE, and passes on what is not its own.
constexpr int kSignals[] = {SIGHUP,  SIGINT, SIGTERM,   SIGABRT, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ,
                            SIGPIPE, SIGILL, SIGVTALRM, SIGTRAP, SIGSYS,  SIGSEGV, SIGBUS,  SIGFPE};

// The process that the detector runs in. A child of vfork shares our memory and has another id: it must not touch it.
constinit std::atomic<pid_t> process{0};  // written by watch_process_end() and in the child of fork
constinit int quick_status = 0;           // of quick_exit(), for the handler that runs last

bool is_ours() { return getpid() == process.load(std::memory_order_relaxed); }

void on_signal(int number) {
  if (is_ours()) finish_reports_in_signal(number);
  signal(number, SIG_DFL);
  raise(number);  // delivered when this handler returns
}

void on_quick_exit() {
  const int verdict = finish_reports(quick_status);
  if (verdict != quick_status) end_process(verdict);
}

void in_child() {
  process.store(getpid(), std::memory_order_relaxed);
  begin_child_reports();
}

}  // namespace

void end_process(int status) {
  for (;;) syscall(SYS_exit_group, status);
}

void watch_process_end() {
  process.store(getpid(), std::memory_order_relaxed);
  for (int number : kSignals) {
    struct sigaction action = {};
    if (sigaction(number, nullptr, &action) != 0 || action.sa_handler != SIG_DFL) continue;
    action = {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_ONSTACK;
    sigaction(number, &action, nullptr);
  }
  at_quick_exit(on_quick_exit);
  pthread_atfork(hold_reports, release_reports, in_child);
}

}  // namespace baton::detector

using namespace baton::detector;

extern "C" {

void _exit(int status) { end_process(is_ours() ? finish_reports(status) : status); }

void _Exit(int status) noexcept { end_process(is_ours() ? finish_reports(status) : status); }

void quick_exit(int status) noexcept {
  quick_status = status;
  auto* real = reinterpret_cast<void (*)(int)>(dlsym(RTLD_NEXT, "quick_exit"));
  if (real != nullptr) real(status);
  end_process(finish_reports(status));
}

}  // extern "C"
