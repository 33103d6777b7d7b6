// SPDX-License-Identifier: Apache-2.0

#include "detector/src/race_report.h"

#include <string.h>

#include "detector/src/heap.h"

namespace baton::detector {
namespace {

const char* word_for(Kind kind) {
  if (kind == kFree) return "free";
  if (is_atomic(kind)) return writes(kind) ? "atomic write" : "atomic read";
  return writes(kind) ? "write" : "read";
}

Side gather_side(Arena& arena, const RaceAccess& access) {
  return {.access = access,
          .what = word_for(access.kind),
          .stack = shown_stack(arena, access.context),
          .locks = {},
          .locks_known = false};
}

Goroutine gather_goroutine(Arena& arena, const Owner& owner) {
  Goroutine goroutine = {.id = owner.task_id, .finished = owner.finished != 0, .created = {}};
  if (owner.task_id == 1) return goroutine;
  goroutine.created = {arena.array<Stack>(1), 1};
  goroutine.created[0] = shown_stack(arena, owner.creation);
  return goroutine;
}

Location gather_location(Arena& arena, uintptr_t address) {
  Location location = {};
  location.address = address;
  BlockInfo block;
  if (find_block(address, &block) && block.task_id != 0) {
    location.kind = Location::kHeap;
    location.address = block.start;
    location.size = block.size;
    location.goroutine = block.task_id;
    location.stack = shown_stack(arena, block.context);
  }
  return location;
}

}  // namespace

RaceReport gather_report(Arena& arena, const RaceAccess& current, const RaceAccess& previous) {
  RaceReport report = {};
  report.kind = "data race";
  report.current = gather_side(arena, current);
  report.previous = gather_side(arena, previous);
  report.location = gather_location(arena, previous.address);
  report.goroutines.items = arena.array<Goroutine>(2);
  report.goroutines[report.goroutines.count++] = gather_goroutine(arena, current.owner);
  if (previous.owner.task_id != current.owner.task_id) {
    report.goroutines[report.goroutines.count++] = gather_goroutine(arena, previous.owner);
  }
  report.fingerprint = fingerprint_of(report);
  return report;
}

}  // namespace baton::detector
