// SPDX-License-Identifier: Apache-2.0

#include "detector/src/race_report.h"

#include <string.h>

#include "detector/src/heap.h"
#include "detector/src/patterns.h"
#include "detector/src/variables.h"

namespace baton::detector {
namespace {

// What the program did: for an object of the runtime, the function that it called.
const char* word_for(Kind kind, const Stack& stack) {
  const char* callee = stack.empty() ? nullptr : called_function(stack[0]->pc);
#define BATON_RUNTIME_CALL(name, word) \
  if (callee != nullptr && strncmp(callee, name, strlen(name)) == 0) return word;
#include "detector/src/runtime_calls.def"
#undef BATON_RUNTIME_CALL
  if (kind == kFree) return "free";
  if (is_atomic(kind)) return writes(kind) ? "atomic write" : "atomic read";
  return writes(kind) ? "write" : "read";
}

// The name of the variable that a lock is; null if it is not known.
const char* name_of_lock(uintptr_t address, ContextId site) {
  BlockInfo block;
  Variable variable;
  if (find_block(address, &block)) {
    find_in_block(address, 1, block.start, block.size, block.context, site, &variable);
  } else if (const Task* task = task_of_stack(address)) {
    find_local(address, 1, task->stack_end, &variable);
  } else {
    find_static(address, 1, &variable);
  }
  return variable.name;
}

Side gather_side(Arena& arena, const RaceAccess& access) {
  Side side = {
      .access = access, .what = nullptr, .stack = shown_stack(arena, access.context), .locks = {}, .locks_known = true};
  side.what = word_for(access.kind, side.stack);
  LockHold holds[HeldLocks::kRoom];
  uint32_t count;
  if (access.held != nullptr) {
    count = access.held->size();
    for (uint32_t i = 0; i < count; ++i) holds[i] = (*access.held)[i];
  } else {
    count = noted_locks(access.context, holds, &side.locks_known);
  }
  side.locks = {arena.array<HeldLock>(count), count};
  for (uint32_t i = 0; i < count; ++i) {
    side.locks[i] = {.address = holds[i].address,
                     .name = name_of_lock(holds[i].address, holds[i].site),
                     .shared = holds[i].shared != 0,
                     .stack = shown_stack(arena, holds[i].site)};
  }
  return side;
}

Goroutine gather_goroutine(Arena& arena, const Owner& owner) {
  Goroutine goroutine = {.id = owner.task_id, .finished = owner.finished != 0, .created = {}};
  if (owner.task_id == 1) return goroutine;
  for (ContextId site = owner.creation; site != 0; site = parent_creation(site)) ++goroutine.created.count;
  goroutine.created.items = arena.array<Stack>(goroutine.created.count);
  size_t i = 0;
  for (ContextId site = owner.creation; site != 0; site = parent_creation(site)) {
    goroutine.created[i++] = shown_stack(arena, site);
  }
  return goroutine;
}

void take_variable(Location& location, const Variable& variable) {
  location.name = variable.name;
  location.root = variable.root;
  location.type = variable.type;
  location.file = variable.file;
  location.line = variable.line;
}

// Of two accesses of different sizes the smaller one names the field.
const RaceAccess& naming_access(const RaceAccess& current, const RaceAccess& previous) {
  return current.size < previous.size ? current : previous;
}

Location gather_location(Arena& arena, const RaceAccess& current, const RaceAccess& previous, BlockInfo block) {
  const RaceAccess& access = naming_access(current, previous);
  Location location = {};
  location.address = access.address;
  Variable variable;
  if (block.task_id != 0) {
    location.kind = Location::kHeap;
    location.address = block.start;
    location.size = block.size;
    location.goroutine = block.task_id;
    location.stack = shown_stack(arena, block.context);
    // The block may be on its way: its free is one of the accesses.
    for (const RaceAccess* side : {&current, &previous}) {
      if (block.freed_by != 0 || side->kind != kFree) continue;
      block.freed_by = side->owner.task_id;
      block.release = side->context;
    }
    location.freed_by = block.freed_by;
    location.freed = shown_stack(arena, block.release);
    if (find_in_block(access.address, access.size, block.start, block.size, block.context, access.context, &variable)) {
      take_variable(location, variable);
    }
  } else if (const Task* task = task_of_stack(access.address)) {
    location.kind = Location::kStack;
    location.goroutine = task->id;
    if (find_local(access.address, access.size, task->stack_end, &variable)) {
      take_variable(location, variable);
      location.address = variable.address;
      location.size = variable.size;
    }
  } else if (find_static(access.address, access.size, &variable)) {
    location.kind = variable.thread_local_storage ? Location::kThreadLocal : Location::kGlobal;
    take_variable(location, variable);
    location.address = variable.address;
    location.size = variable.size;
  }
  return location;
}

}  // namespace

BlockInfo block_of_race(const RaceAccess& current, const RaceAccess& previous) {
  BlockInfo block;
  if (!find_block(naming_access(current, previous).address, &block)) block.task_id = 0;
  return block;
}

RaceReport gather_report(Arena& arena, const RaceAccess& current, const RaceAccess& previous, const BlockInfo& block) {
  RaceReport report = {};
  report.kind = "data race";
  report.current = gather_side(arena, current);
  report.previous = gather_side(arena, previous);
  report.location = gather_location(arena, current, previous, block);
  report.goroutines.items = arena.array<Goroutine>(2);
  report.goroutines[report.goroutines.count++] = gather_goroutine(arena, current.owner);
  if (previous.owner.task_id != current.owner.task_id) {
    report.goroutines[report.goroutines.count++] = gather_goroutine(arena, previous.owner);
  }
  recognise(arena, report);
  report.fingerprint = fingerprint_of(report);
  return report;
}

}  // namespace baton::detector
