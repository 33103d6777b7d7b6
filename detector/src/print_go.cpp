// SPDX-License-Identifier: Apache-2.0
//
// The text of a race report, in the layout of `go build -race`: the two accesses, the memory they meet in, and where
// the goroutines were created.

#include <string.h>

#include "detector/include/baton/symbolize.h"
#include "detector/src/options.h"
#include "detector/src/report.h"

namespace baton::detector {
namespace {

// A runtime's own frames. A stack ends at the first kind; frames of the second are left out where a stack begins.
constexpr const char* kEntries[] = {"baton::internal::GoCall<", "baton::internal::goroutine_main("};
constexpr const char* kInternals[] = {"baton::internal::", "baton::rt::"};

bool starts_with(const char* text, const char* prefix) { return strncmp(text, prefix, strlen(prefix)) == 0; }

// Skips a return type and qualifiers: "void baton::internal::GoCall<...>::run(void*)" is named like its function.
bool names_function(const char* text, const char* prefix) {
  if (starts_with(text, prefix)) return true;
  const char* space = strchr(text, ' ');
  return space != nullptr && strchr(text, '(') > space && starts_with(space + 1, prefix);
}

struct StackPrinter {
  Writer& out;
  int printed = 0;
  bool ended = false;

  void frame(const baton_frame& frame) {
    for (const char* entry : kEntries) {
      if (names_function(frame.function, entry)) {
        ended = true;
        return;
      }
    }
    if (printed == 0) {
      for (const char* internal : kInternals) {
        if (names_function(frame.function, internal)) return;
      }
    }
    out.print("  %s\n", frame.function);
    if (frame.file != nullptr) {
      const char* file = frame.file;
      if (*options.strip_path_prefix != '\0' && starts_with(file, options.strip_path_prefix)) {
        file += strlen(options.strip_path_prefix);
      }
      out.print("      %s:%d +0x%lx\n", file, frame.line, static_cast<unsigned long>(frame.offset));
    } else {
      out.print("      ?? +0x%lx\n", static_cast<unsigned long>(frame.offset));
    }
    ++printed;
    if (frame.inlined == 0 && strcmp(frame.function, "main()") == 0) ended = true;
  }
};

void print_stack(Writer& out, ContextId context) {
  StackPrinter printer{out};
  for_each_frame(context, [&](uintptr_t pc) {
    __baton_symbolize(
        pc,
        [](void* arg, const baton_frame* frame) {
          StackPrinter* self = static_cast<StackPrinter*>(arg);
          self->frame(*frame);
          return self->ended ? 0 : 1;
        },
        &printer);
    return !printer.ended;
  });
}

void print_actor(Writer& out, uint64_t task_id) {
  if (task_id == 1) {
    out.print("main goroutine");
  } else {
    out.print("goroutine %llu", static_cast<unsigned long long>(task_id));
  }
}

bool writes(Kind kind) { return (kind & 1) != 0; }

void print_access(Writer& out, const RaceAccess& access, const char* what) {
  out.print("%s at 0x%012lx by ", what, static_cast<unsigned long>(access.address));
  print_actor(out, access.owner.task_id);
  out.print(":\n");
  print_stack(out, access.context);
}

void print_creation(Writer& out, const Owner& owner) {
  if (owner.task_id == 1) return;
  out.print("\nGoroutine %llu (%s) created at:\n", static_cast<unsigned long long>(owner.task_id),
            owner.finished ? "finished" : "running");
  print_stack(out, owner.creation);
}

}  // namespace

void print_race(Writer& out, const RaceAccess& current, const RaceAccess& previous, const BlockInfo* block) {
  out.print("==================\nWARNING: DATA RACE\n");
  print_access(out, current, writes(current.kind) ? "Write" : "Read");
  out.print("\n");
  print_access(out, previous, writes(previous.kind) ? "Previous write" : "Previous read");
  if (block != nullptr && block->task_id != 0) {
    out.print("\nHeap block of size %zu at 0x%012lx allocated by ", block->size,
              static_cast<unsigned long>(block->start));
    print_actor(out, block->task_id);
    out.print(":\n");
    print_stack(out, block->context);
  }
  print_creation(out, current.owner);
  print_creation(out, previous.owner);
  out.print("==================\n");
}

}  // namespace baton::detector
