// SPDX-License-Identifier: Apache-2.0

#include "detector/src/access.h"

#include "detector/src/chain.h"
#include "detector/src/cold.h"
#include "detector/src/mem.h"
#include "detector/src/quiet.h"
#include "detector/src/recent.h"
#include "detector/src/report.h"
#include "detector/src/shared_readers.h"
#include "detector/src/slow_calls.h"
#include "detector/src/visit.h"

namespace baton::detector {

constinit thread_local Task* current_task = nullptr;

// Different stacks that race with one access; beyond them nobody reads on.
static constexpr uint32_t kMostFound = 1u << 20;

void Findings::add(Epoch epoch, ContextId earlier, Kind kind, uint64_t mask, ContextId context) {
  if (was_reported(earlier, context)) return;
  for (uint32_t i = 0; i < count_; ++i) {
    if (at(i).context != earlier) continue;
    if (at(i).epoch == epoch && at(i).kind == kind) at(i).mask |= mask;  // another cell of the same access
    return;
  }
  if (count_ == kMostFound) return;
  // The owner now: without the lock the cell may go, and then the owner is forgotten (collect.h).
  at(count_++) = {owner_of(epoch), epoch, mask, earlier, kind};
}

// One visit is in progress on a thread at a time, from its first add() to the end of its report().
Findings::Found* Findings::more() {
  thread_local Found* memory = nullptr;
  if (memory == nullptr) memory = static_cast<Found*>(reserve(kMostFound * sizeof(Found), "races of one access"));
  return memory;
}

void Findings::report(const Task& task, uintptr_t address, size_t size, Kind kind, const CallSite& site) {
  if (count_ == 0) return;
  ContextId context = exact_context_of(site);
  uintptr_t line = address & ~(kLineBytes - 1);
  for (uint32_t i = 0; i < count_; ++i) {
    const Found& found = at(i);
    report_race({.address = address,
                 .size = size,
                 .kind = kind,
                 .context = context,
                 .owner = current_owner(task),
                 .held = &task.held},
                {.address = line + static_cast<uintptr_t>(__builtin_ctzll(found.mask)),
                 .size = static_cast<size_t>(__builtin_popcountll(found.mask)),
                 .kind = found.kind,
                 .context = found.context,
                 .owner = found.owner,
                 .held = nullptr});
  }
  count_ = 0;
}

namespace {

// An access within one line.
void access_line(Task& task, uintptr_t address, size_t size, Kind kind, ContextId context, const CallSite& site) {
  Line& line = line_of(address);
  uint64_t mask = byte_mask(address % kLineBytes, size);
  Findings findings;
  Line::Held held = line.lock();
  const uint32_t words = words_filled(mask);
  const bool is_whole = bytes_of_words(words) == mask;
  const uintptr_t first = address % kLineBytes / 16;
  if (kind <= kWrite && (is_whole || (mask >> 16 * first) <= 0xffff)) {
    const Epoch owner = held.block() != 0 ? line.epoch() : 0;
    if (held.block() == 0 || (held.quiet() && knows_all_of_again(task, owner))) {
      count(SlowCall::plain_added);
      if (is_whole) {
        add_words_quietly(task, line, held, words, kind, context, owner);
        line.unlock(held);
      } else {
        const uint64_t known = add_bytes_quietly(task, line, held, static_cast<uint32_t>(mask >> 16 * first),
                                                 static_cast<uint32_t>(first), kind, context, owner);
        line.unlock(held);
        note_recent(address, task.epoch, {known, kind == kWrite ? known : 0});
      }
      return;
    }
  }
  const Recorded recorded = visit(task, line, held, mask, kind, context, findings);
  line.unlock(held);
  // What the filter of a quiet line does not say: parts of words.
  if (!held.quiet() || !is_whole) note_recent(address, task.epoch, recorded);
  if (!findings.empty()) keep_vectors([&] { findings.report(task, address, size, kind, site); });
}

// Whether the task made an access at least as strong to these bytes in this epoch.
bool repeats(const Task& task, uintptr_t address, uint64_t mask, Kind kind) {
  if (kind != kRead && kind != kWrite) return false;
  const Line& line = line_of(address);
  uint32_t words = words_touched(mask);
  if (kind == kRead ? line.hit_read(task.epoch, words) || shared_hit(task, line.epoch(), words)
                    : line.hit_write(task.epoch, words)) {
    return true;
  }
  // Of a quiet line the filter knows all, except parts of words.
  if (line.is_quiet() && bytes_of_words(words) == mask) return false;
  Recorded recorded = recently_recorded(address, task.epoch);
  return (mask & ~(kind == kRead ? recorded.read : recorded.written)) == 0;
}

}  // namespace

void access(Task& task, uintptr_t address, size_t size, Kind kind, const CallSite& site) {
  if (task.ignore_depth != 0 || size == 0 || !is_application(address) || !is_application(address + size)) return;
  ContextId context = 0;
  for (uintptr_t end = address + size; address < end;) {
    uintptr_t line_end = (address | (kLineBytes - 1)) + 1;
    size_t part = (line_end < end ? line_end : end) - address;
    if (repeats(task, address, byte_mask(address % kLineBytes, part), kind)) {
      count(SlowCall::repeated);
    } else {
      line_of(address).prefetch_cells();
      if (context == 0) {
        CachedContext& cached = cached_context(site);
        context = cached.context;
        const uint32_t locks = task.held.hash() | 1;
        if (cached.locks != locks) {
          note_locks(context, task.held);
          cached.locks = locks;
        }
      }
      touch_page(address);
      access_line(task, address, part, kind, context, site);
    }
    address += part;
  }
}

void add_cell(uintptr_t address, size_t size, Kind kind, Epoch epoch, ContextId context) {
  touch_page(address);
  Line& line = line_of(address);
  Line::Held held = line.lock();
  CellList cells(held.block());
  uint32_t count = cells.count();
  if (count != 0) cells.begin()->writes_known = 0;
  Cell cell = {epoch, context, 0, kind, 0, 0, 0};
  for (uint64_t rest = byte_mask(address % kLineBytes, size); rest != 0;) {
    rest = cell.set_mask(rest);
    cells.append(cell, count++);
  }
  held.set_block(cells.block());
  held.set_quiet(false);
  line.unlock(held);
}

void access_mask(Task& task, uintptr_t address, uint64_t mask, Kind kind, const CallSite& site) {
  for (uintptr_t at = 0; mask >> at != 0;) {
    at += static_cast<uintptr_t>(__builtin_ctzll(mask >> at));
    uint64_t rest = ~(mask >> at);  // its lowest bit: the end of the run, unless the run fills the mask
    size_t size = rest == 0 ? 64 : static_cast<size_t>(__builtin_ctzll(rest));
    access(task, address + at, size, kind, site);
    if (at + size >= 64) return;
    at += size;
  }
}

}  // namespace baton::detector
