// SPDX-License-Identifier: Apache-2.0
#include "instrument/eliminate/access_flow.h"

#include <algorithm>

#include "llvm/ADT/MapVector.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"

namespace baton {

using namespace llvm;

namespace {

// Bits times blocks: what the analysis keeps at once is this divided by 8, twice.
constexpr uint64_t kMaxState = 1ull << 27;

}  // namespace

std::optional<FixedPlace> fixed_place(const Access& access) {
  constexpr uint64_t kMaxBytes = 1ull << 40;
  if (access.shape != Access::Shape::kFixed || access.size == 0 || access.size > kMaxBytes) return std::nullopt;
  const DataLayout& layout = access.instruction->getModule()->getDataLayout();
  APInt offset(layout.getIndexTypeSizeInBits(access.address->getType()), 0);
  Value* base = access.address->stripAndAccumulateConstantOffsets(layout, offset, /*AllowNonInbounds=*/true);
  std::optional<int64_t> bytes = offset.trySExtValue();
  if (!bytes || *bytes > INT64_MAX / 2 || *bytes < INT64_MIN / 2) return std::nullopt;
  if (access.offset > kMaxBytes) return std::nullopt;
  return FixedPlace{base, *bytes + static_cast<int64_t>(access.offset), static_cast<int64_t>(access.size)};
}

AccessFlow::AccessFlow(Function& function, ArrayRef<Access> accesses, const SyncSummary& summary) {
  number_atoms(accesses);
  if (is_worthwhile()) list_events(function, accesses, summary);
  if (!is_worthwhile() || static_cast<uint64_t>(bits()) * function.size() > kMaxState) repeats_ = 0;
}

bool AccessFlow::is_worthwhile() const { return repeats_ != 0; }

void AccessFlow::number_atoms(ArrayRef<Access> accesses) {
  struct Span {
    unsigned access;
    int64_t begin;
    int64_t end;
  };
  MapVector<const Value*, SmallVector<Span, 4>> by_base;
  of_access_.resize(accesses.size());
  is_write_.resize(accesses.size());
  for (unsigned i = 0; i < accesses.size(); i++) {
    is_write_[i] = accesses[i].is_write;
    std::optional<FixedPlace> place = fixed_place(accesses[i]);
    if (place) by_base[place->base].push_back({i, place->offset, place->offset + place->size});
  }
  for (const auto& [base, spans] : by_base) {
    SmallVector<int64_t, 8> ends;
    for (const Span& span : spans) ends.append({span.begin, span.end});
    llvm::sort(ends);
    ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
    auto atom = [&](int64_t end) {
      return atoms_ + static_cast<unsigned>(std::lower_bound(ends.begin(), ends.end(), end) - ends.begin());
    };
    for (const Span& span : spans) of_access_[span.access] = {atom(span.begin), atom(span.end)};
    if (spans.size() > 1) repeats_ += spans.size();
    base_.push_back(base);
    of_base_.push_back({atoms_, atoms_ + static_cast<unsigned>(ends.size())});
    atoms_ += ends.size();
  }
}

void AccessFlow::list_events(Function& function, ArrayRef<Access> accesses, const SyncSummary& summary) {
  DenseMap<const Value*, unsigned> base_number;
  for (unsigned i = 0; i < base_.size(); i++) base_number[base_[i]] = i;
  unsigned next = 0;
  for (const BasicBlock& block : function) {
    std::vector<FlowEvent>& events = events_[&block];
    for (const Instruction& instruction : block) {
      for (; next < accesses.size() && accesses[next].instruction == &instruction; next++) {
        if (of_access_[next].first != of_access_[next].last) events.push_back({FlowEvent::Kind::kAccess, next, {}});
      }
      Effects effects = summary.of(instruction);
      if (effects.orders() || !effects.surely_continues) events.push_back({FlowEvent::Kind::kEffect, 0, effects});
      auto base = base_number.find(&instruction);
      if (base != base_number.end()) events.push_back({FlowEvent::Kind::kDefinition, base->second, {}});
    }
  }
}

void AccessFlow::add(unsigned access, BitVector& state) const {
  Range range = of_access_[access];
  state.set(range.first, range.last);
  if (is_write_[access]) state.set(atoms_ + range.first, atoms_ + range.last);
}

bool AccessFlow::covers(unsigned access, const BitVector& state) const {
  Range range = of_access_[access];
  unsigned shift = is_write_[access] ? atoms_ : 0;
  return state.find_first_unset_in(shift + range.first, shift + range.last) == -1;
}

void AccessFlow::forget_base(unsigned base, BitVector& state) const {
  Range range = of_base_[base];
  state.reset(range.first, range.last);
  state.reset(atoms_ + range.first, atoms_ + range.last);
}

}  // namespace baton
