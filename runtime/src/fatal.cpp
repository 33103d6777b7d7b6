// SPDX-License-Identifier: Apache-2.0
#include "runtime/src/fatal.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/src/core.h"
#include "runtime/src/fault.h"
#include "runtime/src/traceback.h"

namespace baton::rt {
namespace {

constexpr int kExitStatus = 2;

struct Death {
  const char* kind;
  const char* subject;
  const char* text;
  bool all;
  const G* g;
  Trace trace;
};

// One thread prints; others that die meanwhile wait for the end. Taken by exchange.
constinit std::atomic<bool> dying{false};
constinit std::atomic<M*> dying_m{nullptr};  // whose second death, in the middle of the first, ends the process at once

// GOTRACEBACK, with Go's words and numbers. Any other word is as if there were none.
struct Traceback {
  bool stacks = true;
  bool all = false;
  bool core = false;  // leave a core dump
};

Traceback wanted_traceback() noexcept {
  const char* level = getenv("GOTRACEBACK");
  const auto is = [level](const char* word) { return level != nullptr && strcmp(level, word) == 0; };
  Traceback wanted;
  if (is("none") || is("0")) wanted.stacks = false;
  if (is("all") || is("1") || is("system") || is("2")) wanted.all = true;
  if (is("crash")) wanted.all = wanted.core = true;
  return wanted;
}

// What the program has printed so far comes before its obituary, unless another thread is printing just now.
void flush_stdout() noexcept {
  if (ftrylockfile(stdout) != 0) return;
  fflush_unlocked(stdout);
  funlockfile(stdout);
}

[[noreturn]] void print_and_end(const Death& death) noexcept {
  flush_stdout();
  race::finish(kExitStatus);
  const Traceback wanted = wanted_traceback();
  {
    Out out;
    out << death.kind << death.subject << death.text << "\n";
    if (wanted.stacks) {
      const bool one = death.g != nullptr || death.trace.size != 0;
      if (one) {
        out << "\n";
        print_running(out, death.g, death.trace);
      }
      if (death.all || wanted.all) print_others(out, death.g);
    }
  }
  if (wanted.core) {
    signal(SIGABRT, SIG_DFL);
    abort();
  }
  _exit(kExitStatus);
}

}  // namespace

void die(const char* kind, const char* subject, const char* text, bool all, uintptr_t fault_pc) noexcept {
  M* m = current_m();
  if (dying.exchange(true, std::memory_order_acq_rel)) {
    if (m != nullptr && dying_m.load(std::memory_order_relaxed) == m) _exit(kExitStatus);
    for (;;) pause();
  }
  dying_m.store(m, std::memory_order_relaxed);
  sched.stopping.store(true, std::memory_order_seq_cst);
  Death death{kind, subject, text, all, nullptr, {}};
  // A thread's own scheduler has no stack that would tell the user anything.
  if (m != nullptr && m->current == nullptr) print_and_end(death);
  death.trace = fault_pc != 0 ? capture_trace_from(fault_pc) : capture_trace();
  if (m == nullptr) print_and_end(death);
  // A goroutine's stack may have too little room left for reading debug information.
  death.g = m->current;
  m->unlock_arg = &death;
  leave(m, After::kFatal);
  __builtin_unreachable();
}

void die_of_signal(const char* headline, const G* g, const Trace& trace) noexcept {
  if (dying.exchange(true, std::memory_order_acq_rel)) {
    for (;;) pause();
  }
  dying_m.store(current_m(), std::memory_order_relaxed);
  sched.stopping.store(true, std::memory_order_seq_cst);
  print_and_end({"", headline, "", true, g, trace});
}

void wait_if_dying() noexcept {
  report_quit();
  while (quit_noted() || dying.load(std::memory_order_acquire)) pause();
}

void die_on_scheduler(M* m) noexcept { print_and_end(*static_cast<const Death*>(m->unlock_arg)); }

void fatal(const char* text) noexcept { die("fatal error: ", "", text, true); }

void throw_(const char* text) noexcept { die("fatal error: ", "runtime: ", text, true); }

}  // namespace baton::rt
