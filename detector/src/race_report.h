// SPDX-License-Identifier: Apache-2.0
//
// A race as it is reported: data only. race_report.cpp gathers it, print_go.cpp, print_explain.cpp and print_json.cpp
// show it. Everything lives in the arena that it was gathered with, or for ever.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "detector/src/frames.h"
#include "detector/src/heap.h"
#include "detector/src/report.h"
#include "detector/src/writer.h"

namespace baton::detector {

struct HeldLock {
  uintptr_t address;
  const char* name;  // of the variable; null when unknown
  bool shared;       // held for reading
  Stack stack;       // where it was taken
};

// One of the two accesses.
struct Side {
  RaceAccess access;
  const char* what;  // "write", "previous read" without "previous", "atomic write", "free", "close", ...
  Stack stack;
  List<HeldLock> locks;
  bool locks_known;  // false: `locks` are those held every time the stack was seen, and it varied
};

// The memory in which the accesses meet.
struct Location {
  enum Kind { kUnknown, kGlobal, kHeap, kStack, kThreadLocal };
  Kind kind;
  const char* name;  // the field or element as a C++ expression; null when unknown
  const char* root;  // the variable it is part of; null when unknown
  const char* type;  // of `name`; null when unknown
  uintptr_t address;
  size_t size;         // of the variable, or of the heap block
  const char* file;    // as the compiler wrote it
  int line;            // of the declaration; 0 when unknown
  uint64_t goroutine;  // that allocated the block, or whose stack it is; 0 when unknown
  Stack stack;         // of the allocation
  uint64_t freed_by;   // the goroutine that freed the block; 0: it is in use
  Stack freed;         // where it did
};

// A goroutine of the report, and where it, its creator, the creator's creator were created.
struct Goroutine {
  uint64_t id;
  bool finished;
  List<Stack> created;  // empty for the main goroutine
};

struct RaceReport {
  const char* kind;  // "data race", "use after free", ...
  uint64_t number;   // the first of a process has 1
  Side current;
  Side previous;
  Location location;
  List<Goroutine> goroutines;
  const char* pattern;  // its name
  const char* help;     // one sentence
  uint64_t fingerprint;
};

// The heap block in which the accesses meet; task_id 0: there is none. To be asked before anything else of the race.
BlockInfo block_of_race(const RaceAccess& current, const RaceAccess& previous);

RaceReport gather_report(Arena& arena, const RaceAccess& current, const RaceAccess& previous, const BlockInfo& block);

// The printers.
void print_race_text(Writer& out, const RaceReport& report);
void print_explanation(Writer& out, const RaceReport& report, bool colour);
// Whether a text on `fd` may have colours.
bool wants_colour(int fd);
void print_race_json(Writer& out, const RaceReport& report);
void print_summary_json(Writer& out, uint64_t races, uint64_t suppressed, int status);

// The identity of a race across runs and versions of the program; docs/json.md defines it.
uint64_t fingerprint_of(const RaceReport& report);

constexpr bool writes(Kind kind) { return (kind & 1) != 0; }
constexpr bool is_atomic(Kind kind) { return (kind & 2) != 0; }

}  // namespace baton::detector
