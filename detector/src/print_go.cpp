// SPDX-License-Identifier: Apache-2.0
//
// The text of a race report, in the layout of `go build -race`: the two accesses, the memory they meet in, and where
// the goroutines were created.

#include "detector/src/race_report.h"

namespace baton::detector {
namespace {

void print_stack(Writer& out, const Stack& stack) {
  for (const Frame* frame : stack) {
    out.print("  %s\n", frame->function);
    if (frame->file != nullptr) {
      out.print("      %s:%d +0x%lx\n", frame->file, frame->line, static_cast<unsigned long>(frame->offset));
    } else {
      out.print("      ?? +0x%lx\n", static_cast<unsigned long>(frame->offset));
    }
  }
}

void print_actor(Writer& out, uint64_t task_id) {
  if (task_id == 1) {
    out.print("main goroutine");
  } else if ((task_id & kThreadBit) != 0) {
    out.print("thread T%llu", static_cast<unsigned long long>(task_id & ~kThreadBit));
  } else {
    out.print("goroutine %llu", static_cast<unsigned long long>(task_id));
  }
}

void print_access(Writer& out, const Side& side, const char* what) {
  out.print("%s at 0x%012lx by ", what, static_cast<unsigned long>(side.access.address));
  print_actor(out, side.access.owner.task_id);
  out.print(":\n");
  print_stack(out, side.stack);
}

// "Global var account.balance of type int in ..."; nothing for what is not known.
void print_name(Writer& out, const char* what, const Location& location) {
  out.print("\n%s", what);
  if (location.name != nullptr) out.print(" %s", location.name);
}

void print_declaration(Writer& out, const Location& location) {
  if (location.file != nullptr) out.print(" declared at %s:%d", shown_file(location.file), location.line);
  out.print("\n");
}

void print_location(Writer& out, const Location& location) {
  const unsigned long address = static_cast<unsigned long>(location.address);
  switch (location.kind) {
    case Location::kUnknown:
      return;
    case Location::kGlobal:
    case Location::kThreadLocal:
      print_name(out, location.kind == Location::kGlobal ? "Global var" : "Thread-local var", location);
      out.print(" of size %zu at 0x%012lx", location.size, address);
      print_declaration(out, location);
      return;
    case Location::kStack:
      if (location.name == nullptr) {
        out.print("\nAddress 0x%012lx is on the stack of ", address);
        print_actor(out, location.goroutine);
        out.print("\n");
        return;
      }
      print_name(out, "Stack var", location);
      out.print(" of size %zu at 0x%012lx of ", location.size, address);
      print_actor(out, location.goroutine);
      print_declaration(out, location);
      return;
    case Location::kHeap:
      out.print("\nHeap block of size %zu at 0x%012lx", location.size, address);
      if (location.name != nullptr) out.print(" (%s)", location.name);
      out.print(" allocated by ");
      print_actor(out, location.goroutine);
      out.print(":\n");
      print_stack(out, location.stack);
  }
}

void print_free(Writer& out, const Location& location) {
  out.print("\nFreed by ");
  print_actor(out, location.freed_by);
  out.print(":\n");
  print_stack(out, location.freed);
}

void print_creation(Writer& out, const Goroutine& goroutine) {
  if (goroutine.created.empty()) return;
  const bool is_thread = (goroutine.id & kThreadBit) != 0;
  out.print("\n%s%llu (%s) created at:\n", is_thread ? "Thread T" : "Goroutine ",
            static_cast<unsigned long long>(goroutine.id & ~kThreadBit), goroutine.finished ? "finished" : "running");
  print_stack(out, goroutine.created[0]);
}

}  // namespace

void print_race_text(Writer& out, const RaceReport& report) {
  out.print("==================\nWARNING: DATA RACE\n");
  print_access(out, report.current, writes(report.current.access.kind) ? "Write" : "Read");
  out.print("\n");
  print_access(out, report.previous, writes(report.previous.access.kind) ? "Previous write" : "Previous read");
  print_location(out, report.location);
  const bool shows_free = report.current.access.kind == kFree || report.previous.access.kind == kFree;
  if (report.location.freed_by != 0 && !shows_free) print_free(out, report.location);
  for (const Goroutine& goroutine : report.goroutines) print_creation(out, goroutine);
  out.print("==================\n");
}

}  // namespace baton::detector
