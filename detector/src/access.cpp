// SPDX-License-Identifier: Apache-2.0

#include "detector/src/access.h"

#include "detector/src/access_set.h"
#include "detector/src/chain.h"
#include "detector/src/cold.h"
#include "detector/src/mem.h"
#include "detector/src/recent.h"
#include "detector/src/report.h"
#include "detector/src/shared_readers.h"

namespace baton::detector {

constinit thread_local Task* current_task = nullptr;

// Different stacks that race with one access; beyond them nobody reads on.
static constexpr uint32_t kMostFound = 1u << 20;

void Findings::add(const Entry& entry, uint64_t mask, ContextId context) {
  if (was_reported(entry.context, context)) return;
  for (uint32_t i = 0; i < count_; ++i) {
    if (at(i).context == entry.context) return;
  }
  if (count_ == kMostFound) return;
  // The owner now: without the lock the entry may go, and then the owner is forgotten (collect.h).
  at(count_++) = {owner_of(entry.epoch), mask, entry.context, static_cast<Kind>(entry.kind)};
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

// One access meeting one locked line: the rule of access.h, entry by entry.
class Visit {
 public:
  Visit(Task& task, const Line& line, Line::Held& held, uint64_t mask, Kind kind, ContextId context, Findings& findings)
      : task_(task),
        line_(&line),
        held_(held),
        mask_(mask),
        need_(mask),
        context_(context),
        kind_(kind),
        findings_(findings) {}

  Recorded run(Line& line) {
    uint32_t before = 0;
    for (uint32_t i = held_.head(); i != 0;) {
      uint32_t next = entries[i].next;
      if (is_set(entries[i].kind)) {
        meet_set(i);
      } else if (entries[i].kind != kSync) {
        meet(i);
      }
      if (entries[i].mask == 0) {
        unlink(i, before);
      } else {
        before = i;
      }
      i = next;
    }
    bool redundant = need_ == 0;
    if (!redundant) record();
    uint32_t known = words_filled(read_now_ | written_now_);
    uint64_t tag = kind_ != kRead ? 0 : tag_after_read(task_, line.epoch(), redundant, words_touched(mask_), known);
    line.set_epoch(tag != 0 ? tag : task_.epoch);
    held_.set_filter(tag != 0 ? 0 : known, tag != 0 ? 0 : words_filled(written_now_));
    return {read_now_ | written_now_, written_now_};
  }

 private:
  void link(uint32_t i) {
    entries[i].next = held_.head();
    held_.set_head(i);
  }

  void unlink(uint32_t i, uint32_t before) {
    if (before == 0) {
      held_.set_head(entries[i].next);
    } else {
      entries[before].next = entries[i].next;
    }
    if (is_set(entries[i].kind)) free_set(entries[i].context);
    entries.free(i);
  }

  // What the filter may say about this epoch.
  void note_current(Kind kind, uint64_t bytes) {
    if (kind == kWrite) written_now_ |= bytes;
    if (kind == kRead) read_now_ |= bytes;
  }

  void meet(uint32_t i) {
    Entry& entry = entries[i];
    Kind kind = static_cast<Kind>(entry.kind);
    if (kind == kind_ && entry.mask == mask_ && entry.context == context_ &&
        chain_of(entry.epoch) == chain_of(task_.epoch)) {
      // The same again in a later epoch: what would be removed here and added below is renewed in place.
      if (entry.epoch != task_.epoch) note_recorded();
      entry.epoch = task_.epoch;
    }
    bool now = entry.epoch == task_.epoch;
    if (uint64_t both = entry.mask & mask_; both != 0) {
      if (now && covers(kind, kind_)) {
        need_ &= ~both;
      } else if (now || task_.knows(entry.epoch)) {
        if (covers(kind_, kind)) entry.mask &= ~both;
      } else if (conflicts(kind_, kind)) {
        findings_.add(entry, both, context_);
      }
    }
    if (now) {
      note_current(kind, entry.mask);
      if (kind == kind_ && entry.context == context_) mine_ = i;
    } else if (kind == kind_) {
      ++crowd_;
    }
  }

  void meet_set(uint32_t i) {
    Entry& entry = entries[i];
    AccessSet& set = set_at(entry.context);
    Kind kind = member_kind(entry.kind);
    bool removes = covers(kind_, kind);
    set.for_chain(chain_of(task_.epoch), [&](Member& own) {
      bool now = own.epoch == task_.epoch;
      if (now) note_current(kind, own.mask);
      uint64_t both = own.mask & mask_;
      if (now && covers(kind, kind_)) {
        need_ &= ~both;
      } else if (removes) {
        own.mask &= ~both;
      }
    });
    if (kind == kind_) own_set_ = i;
    if ((entry.mask & mask_) == 0 || !conflicts(kind_, kind)) return;
    if (!removes && set.known_by() != 0 && task_.knows(set.known_by())) return;
    bool knows_all = true;
    uint64_t left = 0;
    set.for_each([&](Member& member) {
      uint64_t both = member.mask & mask_;
      if (task_.knows(member.epoch)) {
        if (removes) member.mask &= ~both;
      } else {
        knows_all = false;
        if (both != 0) findings_.add({both, member.epoch, member.context, 0, kind}, both, context_);
      }
      left |= member.mask;
    });
    if (knows_all) set.set_known_by(task_.epoch);
    entry.mask = left;
  }

  void note_recorded() {
    if (!task_.owns_epochs) own_epochs(task_);
    task_.note_record(address_of(*line_));
  }

  void record() {
    note_recorded();
    note_current(kind_, need_);
    if (own_set_ == 0 && crowd_ >= kSetThreshold && kind_ != kWrite && kind_ != kFree) own_set_ = gather();
    if (own_set_ != 0) {
      set_at(entries[own_set_].context).add(task_.epoch, context_, need_);
      entries[own_set_].mask |= need_;
    } else if (mine_ != 0) {
      entries[mine_].mask |= need_;
    } else {
      uint32_t i = entries.alloc();
      entries[i] = {need_, task_.epoch, context_, 0, kind_};
      link(i);
    }
  }

  // Makes one set of all entries of this kind.
  uint32_t gather() {
    uint32_t set = new_set();
    uint64_t all = 0;
    uint32_t before = 0;
    for (uint32_t i = held_.head(); i != 0;) {
      uint32_t next = entries[i].next;
      if (entries[i].kind == kind_) {
        set_at(set).add(entries[i].epoch, entries[i].context, entries[i].mask);
        all |= entries[i].mask;
        unlink(i, before);
      } else {
        before = i;
      }
      i = next;
    }
    uint32_t result = entries.alloc();
    entries[result] = {all, 0, set, 0, static_cast<uint8_t>(kind_ | kSetBit)};
    link(result);
    return result;
  }

  Task& task_;
  const Line* const line_;
  Line::Held& held_;
  const uint64_t mask_;
  uint64_t need_;          // bytes that no entry of this epoch covers yet
  uint64_t read_now_ = 0;  // bytes read, and written, by entries of this epoch
  uint64_t written_now_ = 0;
  const ContextId context_;
  const Kind kind_;
  Findings& findings_;
  uint32_t mine_ = 0;     // an entry of this epoch, kind and context
  uint32_t own_set_ = 0;  // the set of this kind
  int crowd_ = 0;         // entries of other epochs with this kind
};

}  // namespace

Recorded access_locked(Task& task, Line& line, Line::Held& held, uint64_t mask, Kind kind, ContextId context,
                       Findings& findings) {
  return Visit(task, line, held, mask, kind, context, findings).run(line);
}

namespace {

// What most visits come to, without the list: a line that nobody has accessed yet, or that has one entry, of the task's
// own chain, which the access repeats, extends or replaces. Does as Visit would; false: nothing done, Visit has to.
inline bool meet_one(Task& task, const Line& line, Line::Held& held, uint64_t mask, Kind kind, ContextId context,
                     Recorded& recorded) {
  uint32_t i = held.head();
  if (i == 0) {
    i = entries.alloc();
    entries[i] = {mask, task.epoch, context, 0, kind};
    held.set_head(i);
  } else {
    Entry& entry = entries[i];
    if (entry.next != 0 || entry.kind > kWrite || chain_of(entry.epoch) != chain_of(task.epoch)) return false;
    bool now = entry.epoch == task.epoch;
    if (now && covers(static_cast<Kind>(entry.kind), kind) && (mask & ~entry.mask) == 0) {
      // Nothing is new; another task's visit has taken the filter away, or it does not know parts of words.
    } else if (now && entry.kind == kind && entry.context == context) {
      entry.mask |= mask;
    } else if ((entry.mask & ~mask) == 0 && covers(kind, static_cast<Kind>(entry.kind))) {
      entry = {mask, task.epoch, context, 0, kind};
    } else {
      return false;
    }
  }
  if (!task.owns_epochs) own_epochs(task);
  task.note_record(address_of(line));
  const Entry& entry = entries[i];
  recorded = {entry.mask, entry.kind == kWrite ? entry.mask : 0};
  return true;
}

// An access within one line.
void access_line(Task& task, uintptr_t address, size_t size, Kind kind, ContextId context, const CallSite& site) {
  Line& line = line_of(address);
  uint64_t mask = byte_mask(address % kLineBytes, size);
  Findings findings;
  Line::Held held = line.lock();
  Recorded recorded;
  if (kind <= kWrite && meet_one(task, line, held, mask, kind, context, recorded)) {
    line.set_epoch(task.epoch);
    held.set_filter(words_filled(recorded.read), words_filled(recorded.written));
  } else {
    recorded = access_locked(task, line, held, mask, kind, context, findings);
  }
  line.unlock(held);
  note_recent(address, task.epoch, recorded);
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
    if (!repeats(task, address, byte_mask(address % kLineBytes, part), kind)) {
      if (context == 0) {
        context = context_of(site);
        note_locks(context, task.held);
      }
      touch_page(address);
      access_line(task, address, part, kind, context, site);
    }
    address += part;
  }
}

void add_entry(uintptr_t address, size_t size, Kind kind, Epoch epoch, ContextId context) {
  touch_page(address);
  Line& line = line_of(address);
  Line::Held held = line.lock();
  uint32_t i = entries.alloc();
  entries[i] = {byte_mask(address % kLineBytes, size), epoch, context, held.head(), kind};
  held.set_head(i);
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
