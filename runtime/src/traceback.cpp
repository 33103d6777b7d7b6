// SPDX-License-Identifier: Apache-2.0
#include "runtime/src/traceback.h"

#include <string.h>
#include <unwind.h>

#include <algorithm>

#include "detector/include/baton/symbolize.h"
#include "runtime/src/sched.h"
#include "runtime/src/slab.h"

#if BATON_ASAN || BATON_TSAN
// A dump may be taken while goroutines run. What it reads of them may be stale, or of two moments; it is only shown. A
// stack that is read stays mapped, whoever uses it meanwhile.
#pragma clang attribute push(__attribute__((no_sanitize("address", "thread"))), apply_to = function)
#endif

namespace baton::rt {
namespace {

constexpr size_t kMaxFrames = size_t{1} << 20;  // address space only; pages come as they are filled
constexpr size_t kShownEnd = 50;                // of a long stack, so many frames at either end are printed

_Unwind_Reason_Code collect(_Unwind_Context* context, void* arg) noexcept {
  auto* trace = static_cast<Trace*>(arg);
  const uintptr_t pc = _Unwind_GetIP(context);
  if (pc == 0 || trace->size == kMaxFrames) return _URC_END_OF_STACK;
  trace->pcs[trace->size++] = pc;
  return _URC_NO_REASON;
}

bool starts_with(const char* text, const char* prefix) noexcept { return strncmp(text, prefix, strlen(prefix)) == 0; }

// Frames above the user's: the runtime, and the C++ library on its way from a throw to std::terminate.
bool hidden_at_top(const char* function) noexcept {
  static constexpr const char* kPrefixes[] = {"baton::rt::",     "baton::internal::", "baton::detector::",
                                              "__baton_",        "std::terminate",    "__cxxabiv1::",
                                              "__cxa_",          "_Unwind_",          "??",
                                              "__gxx_",          "std::__throw_",     "baton_switch",
                                              "baton_preempted", "baton_cold_",       "__clang_call_terminate"};
  if (starts_with(function, "void ")) function += strlen("void ");
  return std::any_of(std::begin(kPrefixes), std::end(kPrefixes),
                     [&](const char* prefix) { return starts_with(function, prefix); });
}

// The frames from which on nothing belongs to the program.
bool ends_stack(const char* function) noexcept {
  return starts_with(function, "baton::internal::GoCall<") ||
         starts_with(function, "baton::internal::goroutine_main") || starts_with(function, "__wrap_main") ||
         starts_with(function, "baton_stack_entry");
}

void print_position(Out& out, const baton_frame* frame) noexcept {
  out << "\t" << (frame->file != nullptr ? frame->file : "??") << ":" << frame->line << " +";
  out.hex(frame->offset) << "\n";
}

void print_frame(Out& out, const baton_frame* frame) noexcept {
  out << frame->function << "\n";
  print_position(out, frame);
}

struct Printer {
  Out& out;
  bool top = true;
  bool ended = false;
};

int print_next(void* arg, const baton_frame* frame) noexcept {
  auto* printer = static_cast<Printer*>(arg);
  if (ends_stack(frame->function)) {
    // Without debug information a closure inlined into its GoCall has no other name.
    if (printer->top && starts_with(frame->function, "baton::internal::GoCall<")) print_frame(printer->out, frame);
    printer->ended = true;
    return 0;
  }
  if (printer->top && hidden_at_top(frame->function)) return 1;
  printer->top = false;
  print_frame(printer->out, frame);
  return 1;
}

void print_creator(Out& out, const G* g) noexcept {
  if (g->go_pc == nullptr) return;
  struct Creator {
    Out& out;
    uint64_t id;
  } creator{out, g->parent_id};
  __baton_symbolize(
      reinterpret_cast<uintptr_t>(g->go_pc),
      [](void* arg, const baton_frame* frame) {
        auto* c = static_cast<Creator*>(arg);
        c->out << "created by " << frame->function;
        if (c->id != 0) c->out << " in goroutine " << c->id;
        c->out << "\n";
        print_position(c->out, frame);
        return 0;
      },
      &creator);
}

void print_header(Out& out, const G* g, const char* state) noexcept {
  constexpr int64_t kMinute = 60'000'000'000;
  out << "goroutine " << g->id << " [" << state;
  const int64_t since = g->waits_since.load(std::memory_order_relaxed);
  if (g->status.load(std::memory_order_relaxed) == GStatus::kWaiting && since != 0) {
    if (const int64_t minutes = (nanotime() - since) / kMinute; minutes >= 1) {
      out << ", " << static_cast<uint64_t>(minutes) << " minutes";
    }
  }
  if (g->locked_m != nullptr) out << ", locked to thread";
  out << "]:\n";
}

// Frame pointers form a list on the stack: each points at its caller's, with the return address above it. They are
// followed only within the goroutine's stack and only upwards, so a broken list ends the trace and no more.
void print_parked_frames(Out& out, const G* g) noexcept {
  Printer printer{out};
  const auto* top = static_cast<const SwitchFrame*>(g->context.sp);
  uintptr_t pc = reinterpret_cast<uintptr_t>(top->return_address);
  auto fp = reinterpret_cast<uintptr_t>(top->rbp);
  uintptr_t below = reinterpret_cast<uintptr_t>(top);
  const uintptr_t end = reinterpret_cast<uintptr_t>(g->outermost_frame != nullptr ? g->outermost_frame : g->stack.hi);
  while (!printer.ended) {
    __baton_symbolize(pc, &print_next, &printer);
    if (fp <= below || fp >= end || fp % sizeof(uintptr_t) != 0) return;
    const auto* frame = reinterpret_cast<const uintptr_t*>(fp);
    below = fp;
    fp = frame[0];
    pc = frame[1];
  }
}

const char* state_text(const G* g) noexcept {
  switch (g->status.load(std::memory_order_relaxed)) {
    case GStatus::kRunning:
      return g->blocking != 0 ? "syscall" : "running";
    case GStatus::kWaiting:
      return wait_reason_text(g->why);
    default:
      return "runnable";
  }
}

}  // namespace

__attribute__((noinline)) Trace capture_trace() noexcept {
  Trace trace;
  trace.pcs = static_cast<uintptr_t*>(pages_alloc(kMaxFrames * sizeof(uintptr_t)));
  _Unwind_Backtrace(&collect, &trace);
  return trace;
}

Trace capture_trace_from(uintptr_t interrupted_pc) noexcept {
  Trace trace = capture_trace();
  size_t first = 0;
  while (first < trace.size && trace.pcs[first] != interrupted_pc) first++;
  if (first == trace.size) return trace;
  trace.pcs += first;
  trace.size -= first;
  // The others are return addresses, one instruction further than the place that is meant.
  trace.pcs[0]++;
  return trace;
}

void release_trace(const Trace& trace) noexcept { pages_free(trace.pcs, kMaxFrames * sizeof(uintptr_t)); }

void print_running(Out& out, const G* g, const Trace& trace) noexcept {
  if (g != nullptr) {
    // What it was doing when the trace was taken, whatever it does now.
    print_header(out, g, g->blocking != 0 ? "syscall" : "running");
  } else {
    out << "thread that runs no goroutine:\n";
  }
  Printer printer{out};
  for (size_t i = 0; i < trace.size && !printer.ended; i++) {
    if (i == kShownEnd && trace.size > 2 * kShownEnd) {
      out << "...additional frames elided...\n";
      i = trace.size - kShownEnd;
    }
    __baton_symbolize(trace.pcs[i], &print_next, &printer);
  }
  if (g != nullptr) print_creator(out, g);
}

void print_goroutine(Out& out, const G* g) noexcept {
  print_header(out, g, state_text(g));
  if (g->status.load(std::memory_order_relaxed) == GStatus::kRunning) {
    out << "\tgoroutine running on other thread; stack unavailable\n";
  } else if (g->context.sp != nullptr) {
    print_parked_frames(out, g);
  }
  print_creator(out, g);
}

void print_others(Out& out, const G* except) noexcept {
  print_selected(out, [](const G* g, const void* other) { return g != other; }, except);
}

size_t print_selected(Out& out, bool (*wanted)(const G* g, const void* arg), const void* arg) noexcept {
  size_t n = 0;
  G* const all = sched.all_goroutines.load(std::memory_order_acquire);
  for (const G* g = all; g != nullptr; g = g->all_link) n++;
  if (n == 0) return 0;
  // With the ids as they are now: a goroutine may end meanwhile, and another one begin in its place.
  struct Entry {
    uint64_t id;
    const G* g;
  };
  auto* sorted = static_cast<Entry*>(pages_alloc(n * sizeof(Entry)));
  size_t alive = 0;
  for (const G* g = all; g != nullptr; g = g->all_link) {
    if (alive < n && g->status.load(std::memory_order_relaxed) != GStatus::kDead && wanted(g, arg)) {
      sorted[alive++] = {g->id, g};
    }
  }
  std::sort(sorted, sorted + alive, [](const Entry& a, const Entry& b) { return a.id < b.id; });
  for (size_t i = 0; i < alive; i++) {
    out << "\n";
    print_goroutine(out, sorted[i].g);
  }
  pages_free(sorted, n * sizeof(Entry));
  return alive;
}

}  // namespace baton::rt

#if BATON_ASAN || BATON_TSAN
#pragma clang attribute pop
#endif
