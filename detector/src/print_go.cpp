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

// Walks a stack as it is shown: from the first frame of the program's own to main, or to the entry of its goroutine.
// Calls each(frame, file) with the file name as it is to be printed.
template <class Each>
class ShownFrames {
 public:
  explicit ShownFrames(Each each) : each_(each) {}

  void walk(ContextId context) {
    for_each_frame(context, [&](uintptr_t pc) {
      __baton_symbolize(
          pc,
          [](void* self, const baton_frame* frame) { return static_cast<ShownFrames*>(self)->meet(*frame) ? 1 : 0; },
          this);
      return !ended_;
    });
  }

 private:
  bool meet(const baton_frame& frame) {
    for (const char* entry : kEntries) ended_ |= names_function(frame.function, entry);
    if (ended_) return false;
    for (const char* internal : kInternals) {
      if (!shown_ && names_function(frame.function, internal)) return true;
    }
    shown_ = true;
    const char* file = frame.file;
    if (file != nullptr && *options.strip_path_prefix != '\0' && starts_with(file, options.strip_path_prefix)) {
      file += strlen(options.strip_path_prefix);
    }
    each_(frame, file);
    ended_ = frame.inlined == 0 && strcmp(frame.function, "main()") == 0;
    return !ended_;
  }

  Each each_;
  bool shown_ = false;
  bool ended_ = false;
};

void print_stack(Writer& out, ContextId context) {
  ShownFrames([&](const baton_frame& frame, const char* file) {
    out.print("  %s\n", frame.function);
    if (file != nullptr) {
      out.print("      %s:%d +0x%lx\n", file, frame.line, static_cast<unsigned long>(frame.offset));
    } else {
      out.print("      ?? +0x%lx\n", static_cast<unsigned long>(frame.offset));
    }
  }).walk(context);
}

uint64_t hash_text(uint64_t hash, const char* text) {
  for (; *text != '\0'; ++text) hash = (hash ^ static_cast<unsigned char>(*text)) * 0x100000001b3ull;  // FNV-1a
  return hash;
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

uint64_t printed_stack(ContextId context) {
  uint64_t hash = 0xcbf29ce484222325ull;
  ShownFrames([&](const baton_frame& frame, const char* file) {
    hash = hash_text(hash, frame.function);
    // Without a line, the place in the function tells stacks apart.
    hash = file != nullptr ? hash_text(hash, file) + static_cast<uint64_t>(frame.line) : hash + frame.offset;
  }).walk(context);
  return hash;
}

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
