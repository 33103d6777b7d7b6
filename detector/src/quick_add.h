// SPDX-License-Identifier: Apache-2.0
//
// The shortest way of an access that has to be recorded: a plain one to whole words of one line, which is quiet and
// known to the task without a search, from a call that this thread has looked up before. That is most of what
// instrumented code calls for, so it is done here without a call, and everything else is left to access().
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "detector/src/quiet.h"
#include "detector/src/slow_calls.h"

namespace baton::detector {

// Records a plain access of the task to whole words of a line. False: nothing was done, since the line is not quiet, or
// not known at once, or somebody is there.
template <Kind kind>
[[gnu::always_inline]] inline bool add_words_at_once(Task& task, Line& line, uint32_t words, ContextId context) {
  Line::Held held;
  if (!line.try_lock_quiet(held)) return false;
  const Epoch owner = line.epoch();
  if (!knows_at_once(task, owner)) {
    line.unlock(held);
    return false;
  }
  count(SlowCall::plain_added);
  const Filter filter(task, line, held, owner);
  const uint32_t need = words & ~filter.words(kind);
  filter.add(held, words, kind);
  if (need != 0) {
    note_record(task, line);
    Cell* const last = last_cell(held.cells());
    if (last->epoch == task.epoch && last->context == context && last->kind == kind && last->quarter == 0) {
      last->bits = static_cast<uint16_t>(last->bits | need);
    } else {
      held = place(held, {task.epoch, context, static_cast<uint16_t>(need), kind, 0, 0, 1, 0}).held;
    }
  }
  line.unlock(held);
  return true;
}

// Records an access to [address, address+size), called at `pc` from the function whose calling context is `hash`.
// False: nothing was done.
template <Kind kind>
[[gnu::always_inline]] inline bool add_quickly(Task& task, uintptr_t address, size_t size, uint64_t hash,
                                               uintptr_t pc) {
  const uintptr_t offset = address % kLineBytes;
  if (((offset | size) & 3) != 0 || size - 1 >= kLineBytes - offset || !is_application(address)) return false;
  const CachedContext* cached = find_cached_context(hash, pc);
  if (cached == nullptr || !has_noted_locks(*cached, task.held) || task.ignore_depth != 0) return false;
  return add_words_at_once<kind>(task, line_of(address), words_of(offset, size), cached->context);
}

}  // namespace baton::detector
