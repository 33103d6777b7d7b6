// SPDX-License-Identifier: Apache-2.0
//
// Stacks for the program itself: stack_trace(), and GODEBUG=leakcheck=1, which lists at exit the goroutines that are
// still blocked. Both leave the program running.
#include <baton/stack_trace.hpp>

#include <stdlib.h>
#include <string.h>

#include "runtime/src/core.h"
#include "runtime/src/timer_chan.h"
#include "runtime/src/traceback.h"

namespace baton {
namespace rt {
namespace {

struct Request {
  Text text;
  Trace trace;
  bool all;
};

void print(Request* request, const G* g) noexcept {
  Out out(&request->text);
  print_running(out, g, request->trace);
  if (request->all) print_others(out, g);
}

// On the scheduler's stack: the goroutine's own may have too little room for reading debug information.
bool print_and_go_on(G* g, void* request) noexcept {
  print(static_cast<Request*>(request), g);
  return false;
}

// Blocked for ever: it waits for another goroutine, not for time (a timer's channel included) or data.
bool is_leaked(const G* g, const void*) noexcept {
  return g->status.load(std::memory_order_relaxed) == GStatus::kWaiting && !g->awaits_timer &&
         g->why != WaitReason::kSleep && g->why != WaitReason::kIOWait && g->why != WaitReason::kGoMaxProcs;
}

// GODEBUG is a list of NAME=VALUE, separated by commas.
bool leakcheck_wanted() noexcept {
  constexpr char kSetting[] = "leakcheck=1";
  constexpr size_t kLength = sizeof kSetting - 1;
  for (const char* at = getenv("GODEBUG"); at != nullptr; at = strchr(at, ',')) {
    if (*at == ',') at++;
    if (strncmp(at, kSetting, kLength) == 0 && (at[kLength] == '\0' || at[kLength] == ',')) return true;
  }
  return false;
}

}  // namespace

void note_timers_for_leakcheck() noexcept {
  if (leakcheck_wanted()) mark_timer_receivers();
}

void check_leaks() noexcept {
  if (!leakcheck_wanted()) return;
  Text text;
  size_t n;
  {
    Out out(&text);
    n = print_selected(out, &is_leaked, nullptr);
  }
  if (n != 0) {
    Out out;
    out << "leakcheck: " << static_cast<uint64_t>(n) << (n == 1 ? " goroutine is" : " goroutines are")
        << " blocked for ever\n";
    out.write(text);
  }
  free(text.at);
}

}  // namespace rt

namespace internal {

char* stack_text(bool all, std::size_t* size) noexcept {
  rt::Request request{{}, rt::capture_trace(), all};
  if (const rt::M* m = rt::current_m(); m != nullptr && m->current != nullptr) {
    rt::park(&rt::print_and_go_on, &request, rt::WaitReason::kNone);
  } else {
    rt::print(&request, nullptr);
  }
  rt::release_trace(request.trace);
  *size = request.text.size;
  return request.text.at;
}

}  // namespace internal
}  // namespace baton
