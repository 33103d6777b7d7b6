// SPDX-License-Identifier: Apache-2.0

#include "detector/src/visit.h"

#include "detector/src/access_set.h"
#include "detector/src/chain.h"
#include "detector/src/pieces.h"
#include "detector/src/quiet.h"
#include "detector/src/read_shared.h"
#include "detector/src/shared_readers.h"
#include "detector/src/slow_calls.h"
#include "detector/src/sync.h"

namespace baton::detector {
namespace {

class Visit {
 public:
  Visit(Task& task, Line& line, Line::Held& held, uint64_t mask, Kind kind, ContextId context, Findings& findings)
      : task_(task),
        line_(line),
        held_(held),
        cells_(held.cells()),
        mask_(mask),
        need_(mask),
        context_(context),
        kind_(kind),
        findings_(findings) {}

  Recorded run() {
    const Epoch owner = line_.epoch();
    const bool was_quiet = held_.quiet();
    if (was_quiet) compact(cells_, nullptr);
    const bool has_settled = settle_atomics();
    if (!was_quiet) {
      skips_others_ = !has_settled && kind_ == kRead && knows_writes(task_, cells_);
      cells_.begin()->writes_known = 0;
      if (skips_others_) all_known_ = false;
    }
    scan();
    for (const Cell& piece : pieces_) cells_.append(piece);
    const bool redundant = need_ == 0;
    if (!redundant) record();
    cells_.shrink();
    if (kind_ == kRead && writes_known_ && !all_known_ && cells_.count() != 0) mark_writes(cells_);
    held_.set_cells(cells_.close());
    settle(owner, redundant);
    return {read_now_ | written_now_, written_now_};
  }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  // Who the line belongs to from now on, and what its filter says. An atomic access leaves the filter to whoever uses
  // the data beside it, unless he cannot ask it any more: his epoch is over, since others know it.
  void settle(Epoch owner, bool redundant) {
    const bool is_plain = (kind_ & 2) == 0;
    if (!is_plain && owner != 0 && !(all_known_ && !is_tag(owner) && task_.knows(owner))) {
      held_.set_quiet(false);
      return;
    }
    const uint32_t known = words_filled(read_now_ | written_now_);
    const uint64_t tag =
        kind_ == kRead ? tag_after_read(task_, owner, redundant, words_touched(mask_), known) : uint64_t{0};
    line_.set_epoch(tag != 0 ? tag : task_.epoch);
    held_.set_filter(tag != 0 ? 0 : known, tag != 0 ? 0 : words_filled(written_now_));
    held_.set_quiet(all_known_ && tag == 0);
  }

  // Moves the atomic accesses to these bytes into the list, if they matter. Returns whether there were any.
  bool settle_atomics() {
    bool has_settled = false;
    for (uint32_t i = 0; i < cells_.count(); ++i) {
      const Cell& cell = cells_.begin()[i];
      if (cell.kind != kSync || (cell.epoch & mask_) == 0) continue;
      AtomicAccesses& accesses = sync_object(cell).accesses;
      const uintptr_t offset = static_cast<uintptr_t>(__builtin_ctzll(cell.mask()));
      if (!accesses.touch(offset, mask_)) continue;
      if (kind_ == kWrite && !accesses.touch(offset, ~mask_) && accesses.are_known(task_)) {
        accesses.clear();  // this one stands for them all
        continue;
      }
      accesses.settle(offset, cells_);
      has_settled = true;
    }
    return has_settled;
  }

  // What the filter may say about this epoch.
  void note_current(Kind kind, uint64_t bytes) {
    if (kind == kWrite) written_now_ |= bytes;
    if (kind == kRead) read_now_ |= bytes;
  }

  void scan() {
    Cell* to = cells_.begin();
    for (Cell* from = to; from != cells_.end(); ++from) {
      if (!meet(*from, to)) continue;
      if (to != from) *to = *from;
      ++to;
    }
    cells_.cut(to);
  }

  // Returns whether the cell stays; it will stand at `place`.
  bool meet(Cell& cell, Cell* place) {
    const Kind kind = static_cast<Kind>(cell.kind);
    if (kind == kSync) {
      all_known_ = all_known_ && (cell.epoch == 0 || sync_object(cell).accesses.are_known(task_));
      return true;
    }
    if (is_set(kind)) return meet_set(cell, place);
    if (chain_of(cell.epoch) == chain_of(task_.epoch)) return meet_own(cell, kind, place);
    if (kind == kind_) ++crowd_;
    if (skips_others_) return true;
    const uint64_t both = cell.mask() & mask_;
    const bool is_write = (kind & 1) != 0;
    if (!all_known_ && !(is_write && writes_known_) && (both == 0 || !conflicts(kind_, kind))) return true;
    if (!task_.clock.knows(cell.epoch)) {
      all_known_ = false;
      if (is_write) writes_known_ = false;
      if (both != 0 && conflicts(kind_, kind)) findings_.add(cell.epoch, cell.context, kind, both, context_);
      return true;
    }
    return both == 0 || !covers(kind_, kind) || loses(cell, both);
  }

  bool meet_own(Cell& cell, Kind kind, Cell* place) {
    const bool now = cell.epoch == task_.epoch;
    const uint64_t both = cell.mask() & mask_;
    if (both != 0) {
      if (now && covers(kind, kind_)) {
        need_ &= ~both;
      } else if (covers(kind_, kind) && !loses(cell, both)) {
        return false;
      }
    }
    if (now) {
      note_current(kind, cell.mask());
      if (kind == kind_ && cell.context == context_) mine_ = place_of(place);
    } else if (kind == kind_) {
      ++crowd_;
    }
    return true;
  }

  // Takes bytes from a cell; false: nothing is left of it.
  bool loses(Cell& cell, uint64_t bytes) {
    const uint64_t left = cell.mask() & ~bytes;
    if (left != 0) pieces_.set(cell, left);
    return left != 0;
  }

  bool meet_set(Cell& cell, Cell* place) {
    all_known_ = false;  // not looked for
    if ((cell.kind & 1) != 0) writes_known_ = skips_others_;
    AccessSet& set = set_at(cell.context);
    const Kind kind = member_kind(cell.kind);
    const bool removes = covers(kind_, kind);
    set.for_chain(chain_of(task_.epoch), [&](Member& own) {
      const bool now = own.epoch == task_.epoch;
      if (now) note_current(kind, own.mask);
      const uint64_t both = own.mask & mask_;
      if (now && covers(kind, kind_)) {
        need_ &= ~both;
      } else if (removes) {
        own.mask &= ~both;
      }
    });
    if (kind == kind_) own_set_ = place_of(place);
    if ((cell.mask() & mask_) == 0 || !conflicts(kind_, kind)) return true;
    if (!removes && set.known_by() != 0 && task_.knows(set.known_by())) return true;
    bool knows_all = true;
    uint64_t left = 0;
    set.for_each([&](Member& member) {
      const uint64_t both = member.mask & mask_;
      if (chain_of(member.epoch) == chain_of(task_.epoch)) {
        // Dealt with above.
      } else if (task_.clock.knows(member.epoch)) {
        if (removes) member.mask &= ~both;
      } else {
        knows_all = false;
        if (both != 0) findings_.add(member.epoch, member.context, kind, both, context_);
      }
      left |= member.mask;
    });
    if (knows_all) set.set_known_by(task_.epoch);
    cell.bits = static_cast<uint16_t>(words_touched(left));
    if (left != 0) return true;
    free_set(cell.context);
    own_set_ = kNone;
    return false;
  }

  // Adds the bytes that are left to those that the epoch has recorded.
  void record() {
    note_record(task_, line_);
    note_current(kind_, need_);
    if (own_set_ == kNone && crowd_ >= kSetThreshold && !all_known_) own_set_ = gather();
    if (own_set_ != kNone) {
      Cell& set = cells_.begin()[own_set_];
      set_at(set.context).add(task_.epoch, context_, need_);
      set.bits |= static_cast<uint16_t>(words_touched(need_));
      return;
    }
    if (mine_ != kNone) {
      Cell& mine = cells_.begin()[mine_];
      Cell joined = mine;
      if (joined.set_mask(joined.mask() | need_) == 0) {
        mine = joined;
        return;
      }
    }
    append_bytes(cells_, {task_.epoch, context_, 0, static_cast<uint8_t>(kind_), 0, 0, all_known_, 0}, need_);
  }

  uint32_t place_of(const Cell* cell) const { return static_cast<uint32_t>(cell - cells_.begin()); }

  // Makes one set of all cells of this kind; returns its place.
  uint32_t gather() {
    const uint32_t set = new_set();
    uint64_t all = 0;
    Cell* to = cells_.begin();
    for (const Cell& cell : cells_) {
      if (cell.kind == kind_) {
        set_at(set).add(cell.epoch, cell.context, cell.mask());
        all |= cell.mask();
      } else {
        *to++ = cell;
      }
    }
    *to = {0, set, static_cast<uint16_t>(words_touched(all)), static_cast<uint8_t>(kind_ | kSetBit), 0, 0, 0, 0};
    cells_.cut(to + 1);
    return cells_.count() - 1;
  }

  Task& task_;
  Line& line_;
  Line::Held& held_;
  CellList cells_;
  const uint64_t mask_;
  uint64_t need_;          // bytes that no cell of this epoch covers yet
  uint64_t read_now_ = 0;  // bytes read, and written, by cells of this epoch
  uint64_t written_now_ = 0;
  const ContextId context_;
  const Kind kind_;
  bool all_known_ = true;      // the cells met so far happen before this access
  bool writes_known_ = true;   // those that write do
  bool skips_others_ = false;  // no cell of another chain races with this access
  Findings& findings_;
  uint32_t mine_ = kNone;     // the place of a cell of this epoch, kind and context
  uint32_t own_set_ = kNone;  // and of the set of this kind
  int crowd_ = 0;             // cells of other epochs with this kind
  Pieces pieces_;
};

}  // namespace

Recorded visit(Task& task, Line& line, Line::Held& held, uint64_t mask, Kind kind, ContextId context,
               Findings& findings) {
  Epoch owner;
  if (knows_line(task, line, held, owner)) {
    count(SlowCall::others_added);
    return add_quietly(task, line, held, mask, kind, context, owner);
  }
  count(SlowCall::compared);
  return Visit(task, line, held, mask, kind, context, findings).run();
}

}  // namespace baton::detector
