// SPDX-License-Identifier: Apache-2.0

#include "detector/src/access.h"

#include "detector/src/chain.h"
#include "detector/src/report.h"

namespace baton::detector {

constinit thread_local Task* current_task = nullptr;

void Findings::add(const Entry& entry, uint64_t mask, ContextId context) {
  if (was_reported(entry.context, context)) return;
  for (int i = 0; i < count_; ++i) {
    if (found_[i].context == entry.context) return;
  }
  if (count_ == kRoom) {
    overflowed_ = true;
    return;
  }
  found_[count_++] = {entry.epoch, mask, entry.context, static_cast<Kind>(entry.kind)};
}

void Findings::report(const Task& task, uintptr_t address, size_t size, Kind kind, ContextId context) {
  uintptr_t line = address & ~(kLineBytes - 1);
  for (int i = 0; i < count_; ++i) {
    const Found& found = found_[i];
    report_race({.address = address, .size = size, .kind = kind, .context = context, .owner = current_owner(task)},
                {.address = line + static_cast<uintptr_t>(__builtin_ctzll(found.mask)),
                 .size = static_cast<size_t>(__builtin_popcountll(found.mask)),
                 .kind = found.kind,
                 .context = found.context,
                 .owner = owner_of(found.epoch)});
  }
  count_ = 0;
  overflowed_ = false;
}

void access_locked(Task& task, Line& line, Line::Held& held, uint64_t mask, Kind kind, ContextId context,
                   Findings& findings) {
  uint64_t need = mask;   // bytes that no entry of this epoch covers yet
  uint64_t read_now = 0;  // bytes read, or written, by entries of this epoch: what the filter may say
  uint64_t written_now = 0;
  uint32_t mine = 0;  // an entry of this epoch, context and kind
  uint32_t previous = 0;
  for (uint32_t i = held.head(); i != 0;) {
    Entry& entry = entries[i];
    uint32_t next = entry.next;
    Kind entry_kind = static_cast<Kind>(entry.kind);
    bool now = entry.epoch == task.epoch;
    if (uint64_t both = entry.mask & mask; both != 0 && entry_kind != kSync) {
      if (now && covers(entry_kind, kind)) {
        need &= ~both;
      } else if (now || task.knows(entry.epoch)) {
        if (covers(kind, entry_kind)) entry.mask &= ~both;
      } else if (conflicts(kind, entry_kind)) {
        findings.add(entry, both, context);
      }
      if (entry.mask == 0) {
        if (previous == 0) {
          held.set_head(next);
        } else {
          entries[previous].next = next;
        }
        entries.free(i);
        i = next;
        continue;
      }
    }
    if (now && entry_kind != kSync) {
      if (entry_kind == kWrite) written_now |= entry.mask;
      if (entry_kind == kRead) read_now |= entry.mask;
      if (entry_kind == kind && entry.context == context) mine = i;
    }
    previous = i;
    i = next;
  }
  if (need != 0) {
    if (!task.owns_epochs) own_epochs(task);
    task.recorded = true;
    if (mine != 0) {
      entries[mine].mask |= need;
    } else {
      uint32_t index = entries.alloc();
      entries[index] = {need, task.epoch, context, held.head(), kind};
      held.set_head(index);
    }
    if (kind == kWrite) written_now |= need;
    if (kind == kRead) read_now |= need;
  }
  line.set_epoch(task.epoch);
  held.set_filter(words_filled(read_now | written_now), words_filled(written_now));
}

namespace {

// An access within one line.
void access_line(Task& task, uintptr_t address, size_t size, Kind kind, ContextId context) {
  Line& line = line_of(address);
  uint64_t mask = byte_mask(address % kLineBytes, size);
  Findings findings;
  for (bool more = true; more;) {
    Line::Held held = line.lock();
    access_locked(task, line, held, mask, kind, context, findings);
    line.unlock(held);
    more = findings.overflowed();  // then look again: what is reported now is not noted a second time
    findings.report(task, address, size, kind, context);
  }
}

}  // namespace

void access(Task& task, uintptr_t address, size_t size, Kind kind, const CallSite& site) {
  if (task.ignore_depth != 0 || size == 0 || !is_application(address) || !is_application(address + size)) return;
  ContextId context = 0;
  for (uintptr_t end = address + size; address < end;) {
    uintptr_t line_end = (address | (kLineBytes - 1)) + 1;
    size_t part = (line_end < end ? line_end : end) - address;
    uint32_t words = words_touched(byte_mask(address % kLineBytes, part));
    const Line& line = line_of(address);
    bool hit =
        (kind == kWrite && line.hit_write(task.epoch, words)) || (kind == kRead && line.hit_read(task.epoch, words));
    if (!hit) {
      if (context == 0) context = context_of(site);
      touch_page(address);
      access_line(task, address, part, kind, context);
    }
    address += part;
  }
}

}  // namespace baton::detector
