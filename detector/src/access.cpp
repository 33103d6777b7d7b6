// SPDX-License-Identifier: Apache-2.0

#include "detector/src/access.h"

#include "detector/src/chain.h"
#include "detector/src/cold.h"
#include "detector/src/mem.h"
#include "detector/src/quick_add.h"
#include "detector/src/quiet.h"
#include "detector/src/read_shared.h"
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

// The call stack of an access, looked up for the first line that has to record it.
class Caller {
 public:
  Caller(Task& task, const CallSite& site) : task_(task), site_(site) {}

  ContextId context() {
    if (context_ == 0) look_up();
    return context_;
  }
  const CallSite& site() const { return site_; }

 private:
  void look_up() {
    CachedContext& cached = cached_context(site_);
    context_ = cached.context;
    if (has_noted_locks(cached, task_.held)) return;
    note_locks(context_, task_.held);
    cached.locks = noted_hash(context_);
  }

  Task& task_;
  const CallSite& site_;
  ContextId context_ = 0;
};

// What recent.h knows that the filter of a line does not: parts of words, and lines that several tasks use in turn.
inline bool was_recent(const Task& task, uintptr_t address, uint64_t mask, Kind kind) {
  const Recorded recorded = recently_recorded(address, task.epoch);
  return (mask & ~(kind == kRead ? recorded.read : recorded.written)) == 0;
}

// An access within one line that has to be compared with those of others, or is of a rare kind or shape.
[[gnu::noinline]] void access_line(Task& task, uintptr_t address, size_t size, Kind kind, Caller& caller) {
  Line& line = line_of(address);
  const uint64_t mask = byte_mask(address % kLineBytes, size);
  const ContextId context = caller.context();
  Findings findings;
  Line::Held held = line.lock();
  const Recorded recorded = visit(task, line, held, mask, kind, context, findings);
  line.unlock(held);
  // Of a quiet line the filter knows all that this access recorded, but for parts of words.
  if (!held.quiet() || bytes_of_words(words_filled(mask)) != mask) note_recent(address, task.epoch, recorded);
  if (!findings.empty()) keep_vectors([&] { findings.report(task, address, size, kind, caller.site()); });
}

template <Kind kind>
inline bool is_hit(const Task& task, const Line& line, uint32_t words) {
  if (kind == kWrite) return line.hit_write(task.epoch, words);
  return line.hit_read(task.epoch, words) || shared_hit(task, line.epoch(), words);
}

// A plain access within one line: the way of nearly all calls. Most either repeat an access of this epoch to parts of
// words, or are the first to their words in this epoch, in a line of which the task knows everything.
template <Kind kind>
inline void access_plainly(Task& task, uintptr_t address, size_t size, Caller& caller) {
  Line& line = line_of(address);
  const uintptr_t offset = address % kLineBytes;
  const bool is_whole = ((offset | size) & 3) == 0;
  const uint32_t words = words_of(offset, size);
  if (is_hit<kind>(task, line, words) ||
      ((!is_whole || !line.is_quiet()) && was_recent(task, address, byte_mask(offset, size), kind))) {
    count(SlowCall::repeated);
    return;
  }
  line.prefetch_cells();
  const ContextId context = caller.context();
  touch_page(address);
  Line::Held held = line.lock();
  Epoch owner;
  if (knows_line(task, line, held, owner)) {
    count(SlowCall::plain_added);
    if (is_whole) {
      add_words_quietly(task, line, held, words, kind, context, owner);
      line.unlock(held);
      return;
    }
    const Recorded recorded = offset % 16 + size <= 16
                                  ? add_bytes_quietly(task, line, held, ((1u << size) - 1) << offset % 16,
                                                      static_cast<uint32_t>(offset / 16), kind, context, owner)
                                  : add_quietly(task, line, held, byte_mask(offset, size), kind, context, owner);
    line.unlock(held);
    note_recent(address, task.epoch, recorded);
    return;
  }
  Recorded recorded;
  if (kind == kRead && is_whole && !held.quiet() && read_shared(task, line, held, words, context, recorded)) {
    line.unlock(held);
    note_recent(address, task.epoch, recorded);
    return;
  }
  line.unlock(held);
  access_line(task, address, size, kind, caller);
}

template <Kind kind>
void access_plain_range(Task& task, uintptr_t address, size_t size, Caller& caller) {
  const uintptr_t end = address + size;
  const uintptr_t first_end = (address | (kLineBytes - 1)) + 1;
  if (end <= first_end) {
    access_plainly<kind>(task, address, size, caller);
    return;
  }
  access_plainly<kind>(task, address, first_end - address, caller);
  for (address = first_end; end - address >= kLineBytes; address += kLineBytes) {
    Line& line = line_of(address);
    if (is_hit<kind>(task, line, 0xffff)) continue;
    if (end - address >= 4 * kLineBytes) (&line + 3)->prefetch_cells();
    if (add_words_at_once<kind>(task, line, 0xffff, caller.context())) continue;
    access_plainly<kind>(task, address, kLineBytes, caller);
  }
  if (address < end) access_plainly<kind>(task, address, end - address, caller);
}

// Records the free of a part of a line, if the task knows everything of the line.
bool free_known(Task& task, uintptr_t address, size_t size, Caller& caller) {
  Line& line = line_of(address);
  const ContextId context = caller.context();
  Line::Held held = line.lock();
  Epoch owner;
  const bool is_known = knows_line(task, line, held, owner);
  if (is_known) {
    count(SlowCall::others_added);
    free_quietly(task, line, held, byte_mask(address % kLineBytes, size), context, owner);
  }
  line.unlock(held);
  return is_known;
}

}  // namespace

void access(Task& task, uintptr_t address, size_t size, Kind kind, const CallSite& site) {
  if (is_alone() || task.ignore_depth != 0 || size == 0 || !is_application(address) || !is_application(address + size))
    return;
  Caller caller(task, site);
  if (kind == kRead) {
    access_plain_range<kRead>(task, address, size, caller);
    return;
  }
  if (kind == kWrite) {
    access_plain_range<kWrite>(task, address, size, caller);
    return;
  }
  for (uintptr_t end = address + size; address < end;) {
    const uintptr_t line_end = (address | (kLineBytes - 1)) + 1;
    const size_t part = (line_end < end ? line_end : end) - address;
    touch_page(address);
    if (kind != kFree || !free_known(task, address, part, caller)) access_line(task, address, part, kind, caller);
    address += part;
  }
}

void add_cell(uintptr_t address, size_t size, Kind kind, Epoch epoch, ContextId context) {
  touch_page(address);
  Line& line = line_of(address);
  Line::Held held = line.lock();
  CellList cells(held.cells());
  if (cells.count() != 0) cells.begin()->writes_known = 0;
  append_bytes(cells, {epoch, context, 0, kind, 0, 0, 0, 0}, byte_mask(address % kLineBytes, size));
  held.set_cells(cells.close());
  held.set_quiet(false);
  line.unlock(held);
}

void access_mask(Task& task, uintptr_t address, uint64_t mask, Kind kind, const CallSite& site) {
  if (is_alone()) return;
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
