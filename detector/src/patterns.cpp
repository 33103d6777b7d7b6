// SPDX-License-Identifier: Apache-2.0

#include "detector/src/patterns.h"

#include <stdio.h>
#include <string.h>

namespace baton::detector {
namespace {

struct Pattern {
  const char* name;
  const char* help;
};
enum PatternId {
#define BATON_PATTERN(id, name, help) id,
#include "detector/src/patterns.def"
#undef BATON_PATTERN
};
constexpr Pattern kPatterns[] = {
#define BATON_PATTERN(id, name, help) {name, help},
#include "detector/src/patterns.def"
#undef BATON_PATTERN
};

bool starts_with(const char* text, const char* prefix) { return strncmp(text, prefix, strlen(prefix)) == 0; }

bool is(const char* a, const char* b) { return a != nullptr && strcmp(a, b) == 0; }

// Whether a frame's function is of one of these classes.
bool passes_through(const Side& side, const char* const* classes, size_t count) {
  for (const Frame* frame : side.stack) {
    const char* name = qualified_name(frame->function);
    for (size_t i = 0; i < count; ++i) {
      if (starts_with(name, classes[i])) return true;
    }
  }
  return false;
}

constexpr const char* kVectors[] = {"std::vector<"};
constexpr const char* kMaps[] = {"std::map<",           "std::set<",        "std::multimap<",
                                 "std::multiset<",      "std::_Rb_tree",    "std::unordered_map<",
                                 "std::unordered_set<", "std::_Hashtable<", "std::__detail::_Map_base<"};

// The last component of a qualified name: "std::vector<int>::push_back(int)" is one of `names`.
bool calls_one_of(const Side& side, const char* const* names, size_t count) {
  for (const Frame* frame : side.stack) {
    const char* last = qualified_name(frame->function);
    int depth = 0;
    for (const char* c = last; *c != '\0' && (depth != 0 || *c != '('); ++c) {
      depth += *c == '<' ? 1 : *c == '>' ? -1 : 0;
      if (depth == 0 && c[0] == ':' && c[1] == ':') last = c + 2;
    }
    for (size_t i = 0; i < count; ++i) {
      size_t length = strlen(names[i]);
      if (strncmp(last, names[i], length) == 0 && !is_identifier_char(last[length])) return true;
    }
  }
  return false;
}

constexpr const char* kGrowing[] = {"push_back",
                                    "emplace_back",
                                    "insert",
                                    "emplace",
                                    "resize",
                                    "reserve",
                                    "erase",
                                    "clear",
                                    "pop_back",
                                    "_M_realloc_insert",
                                    "_M_realloc_append",
                                    "_M_default_append",
                                    "assign",
                                    "_M_range_insert",
                                    "_M_fill_insert",
                                    "swap",
                                    "shrink_to_fit"};

template <size_t count>
bool on_both_sides(const RaceReport& report, const char* const (&classes)[count]) {
  return passes_through(report.current, classes, count) && passes_through(report.previous, classes, count);
}

bool grows_vector(const RaceReport& report) {
  const Side* sides[] = {&report.current, &report.previous};
  for (int i = 0; i < 2; ++i) {
    if (!passes_through(*sides[i], kVectors, 1)) continue;
    if (!calls_one_of(*sides[i], kGrowing, sizeof kGrowing / sizeof *kGrowing)) continue;
    // The other side is in the vector too, or accesses an element that moves.
    const Side& other = *sides[1 - i];
    if (passes_through(other, kVectors, 1) || report.location.kind == Location::kHeap ||
        sides[i]->access.kind == kFree) {
      return true;
    }
  }
  return false;
}

bool is_pair(const RaceReport& report, const char* a, const char* b) {
  return (is(report.current.what, a) && is(report.previous.what, b)) ||
         (is(report.current.what, b) && is(report.previous.what, a));
}

const Side& reader_of(const RaceReport& report) {
  return writes(report.current.access.kind) ? report.previous : report.current;
}
const Side& writer_of(const RaceReport& report) {
  return writes(report.current.access.kind) ? report.current : report.previous;
}

bool reads_and_writes(const RaceReport& report) {
  return writes(report.current.access.kind) != writes(report.previous.access.kind);
}

bool in_one_function(const RaceReport& report) {
  const Frame* a = own_frame(report.current.stack);
  const Frame* b = own_frame(report.previous.stack);
  return a != nullptr && b != nullptr && a->function == b->function;
}

bool is_condition(const SourceLine& line) { return find_word(line, "if") != nullptr; }

bool counts(const SourceLine& line) {
  for (const char* word : {"++", "--", "+=", "-=", "*=", "|=", "&=", "^="}) {
    if (find_word(line, word) != nullptr) return true;
  }
  return false;
}

// A lock that both sides hold, at least one of them for writing; or any common one if `shared`.
bool common_lock(const RaceReport& report, bool shared) {
  for (const HeldLock& a : report.current.locks) {
    for (const HeldLock& b : report.previous.locks) {
      if (a.address == b.address && (shared || !a.shared || !b.shared)) return true;
    }
  }
  return false;
}

bool is_bool(const Location& location) {
  return location.type != nullptr && strstr(location.type, "bool") != nullptr && strchr(location.type, '*') == nullptr;
}

// A local of a goroutine that the other one still uses, after the function that started it has returned.
bool outlived(const RaceReport& report) {
  if (report.location.kind != Location::kStack) return false;
  const uint64_t owner = report.location.goroutine;
  const bool current_owns = report.current.access.owner.task_id == owner;
  if (!current_owns && report.previous.access.owner.task_id != owner) return false;
  const Side& own = current_owns ? report.current : report.previous;
  const Side& other = current_owns ? report.previous : report.current;
  for (const Goroutine& goroutine : report.goroutines) {
    if (goroutine.id != other.access.owner.task_id || goroutine.created.empty()) continue;
    const Frame* creator = own_frame(goroutine.created[0]);
    if (creator == nullptr) return false;
    for (const Frame* frame : own.stack) {
      if (frame->function == creator->function) return false;
    }
    // A reference that came from further out is still alive; then both sides speak of the same variable.
    return report.location.root == nullptr || find_word(own_line(other.stack), report.location.root) == nullptr;
  }
  return false;
}

// Where `goroutine` was created, in the function `frame` is in; 0 if it was not.
int creation_line_in(const RaceReport& report, uint64_t goroutine, const Frame& frame) {
  for (const Goroutine& one : report.goroutines) {
    if (one.id != goroutine || one.created.empty()) continue;
    const Frame* creator = own_frame(one.created[0]);
    if (creator != nullptr && creator->function == frame.function) return creator->line;
  }
  return 0;
}

// A variable declared in the head of a loop; or one that a loop's head changes, used by a goroutine made in that loop.
// The locks that the goroutine holds are for other things then: the loop holds none.
bool is_loop_variable(const RaceReport& report) {
  const Location& location = report.location;
  const Side& writer = writer_of(report);
  if (location.kind != Location::kStack || !writer.locks.empty() || !writer.locks_known) return false;
  if (location.line != 0 && find_word(source_line(location.file, location.line), "for") != nullptr) return true;
  const Frame* frame = own_frame(writer.stack);
  const SourceLine line = own_line(writer.stack);
  if (frame == nullptr || location.root == nullptr || writer.access.owner.task_id != location.goroutine) return false;
  return find_word(line, "for") != nullptr && find_word(line, location.root) != nullptr &&
         creation_line_in(report, reader_of(report).access.owner.task_id, *frame) >= frame->line;
}

PatternId recognise_lock(const RaceReport& report) {
  const bool current_locked = !report.current.locks.empty();
  const bool previous_locked = !report.previous.locks.empty();
  if (current_locked && previous_locked) {
    if (common_lock(report, true)) return kWriteUnderReadLock;
    return kDifferentLocks;
  }
  if (reads_and_writes(report) && reader_of(report).locks.empty() && in_one_function(report) &&
      is_condition(own_line(reader_of(report).stack))) {
    return kDoubleCheckedInit;
  }
  return kLockOnOneSide;
}

PatternId recognise_pattern(const RaceReport& report) {
  if (is_pair(report, "close", "close")) return kDoubleClose;
  if (is_pair(report, "close", "send")) return kSendAndClose;
  if (is_pair(report, "add", "wait")) {
    const Side& add = is(report.current.what, "add") ? report.current : report.previous;
    return add.access.owner.task_id != 1 ? kAddInGoroutine : kAddAndWait;
  }
  if (grows_vector(report)) return kVectorGrowth;
  if (on_both_sides(report, kMaps)) return kMapInsert;
  if (outlived(report)) return kOutlivedScope;
  if (is_pair(report, "free", "free")) return kDoubleFree;
  if (report.current.access.kind == kFree || report.previous.access.kind == kFree) return kUseAfterFree;
  if (is_atomic(report.current.access.kind) != is_atomic(report.previous.access.kind)) return kPlainAndAtomic;
  const bool any_lock = !report.current.locks.empty() || !report.previous.locks.empty();
  if (is_loop_variable(report)) return kLoopVariable;
  if (any_lock && report.current.locks_known && report.previous.locks_known) return recognise_lock(report);
  const SourceLine current = own_line(report.current.stack);
  const SourceLine previous = own_line(report.previous.stack);
  if (reads_and_writes(report) && in_one_function(report) && is_condition(own_line(reader_of(report).stack))) {
    return kCheckThenAct;
  }
  if (is_bool(report.location)) return kFlag;
  if (reads_and_writes(report) && find_word(own_line(reader_of(report).stack), "while") != nullptr &&
      !counts(own_line(writer_of(report).stack))) {
    return kFlag;
  }
  if (counts(current) || counts(previous) || in_one_function(report)) return kCounter;
  if (report.location.kind == Location::kStack) return kCaptured;
  return kUnordered;
}

const char* kind_of(PatternId pattern, const RaceReport& report) {
  if (pattern == kDoubleClose) return "double close";
  if (pattern == kSendAndClose) return "send and close";
  if (pattern == kAddInGoroutine || pattern == kAddAndWait) return "add and wait";
  if (pattern == kDoubleFree) return "double free";
  if (report.current.access.kind == kFree || report.previous.access.kind == kFree) return "use after free";
  return "data race";
}

}  // namespace

const Frame* own_frame(const Stack& stack) {
  for (const Frame* frame : stack) {
    if (!is_library_function(frame->function)) return frame;
  }
  return stack.empty() ? nullptr : stack[0];
}

SourceLine own_line(const Stack& stack) {
  const Frame* frame = own_frame(stack);
  return frame != nullptr ? source_line(frame->path, frame->line) : SourceLine{};
}

void recognise(Arena& arena, RaceReport& report) {
  const PatternId id = recognise_pattern(report);
  report.pattern = kPatterns[id].name;
  report.kind = kind_of(id, report);
  const char* name = report.location.name != nullptr ? report.location.name : "it";
  const char* quote = report.location.name != nullptr ? "`" : "";
  const char* help = kPatterns[id].help;
  const char* gap = strstr(help, "%s");
  size_t room = strlen(help) + strlen(name) + 3;
  char* text = arena.array<char>(room);
  if (gap == nullptr) {
    snprintf(text, room, "%s", help);
  } else {
    snprintf(text, room, "%.*s%s%s%s%s", static_cast<int>(gap - help), help, quote, name, quote, gap + 2);
  }
  report.help = text;
}

}  // namespace baton::detector
