// SPDX-License-Identifier: Apache-2.0
//
// Checks of neighbouring fields: accesses of one kind behind one base, in a stretch of a block in which nothing orders,
// throws or may not return, become one check of exactly their bytes, at the first of them.
//
// Rule: a race of each line of the source is reported, so only accesses of one line are merged. Code of library headers
// counts as the line of the program that it was inlined into; a function of a header that was not, as one line. The
// address tells the field.
// Rule: one check tests one line of the shadow inline, so a wide one more often lies in two and misses. Fields are
// merged if what that costs on average, for objects anywhere in memory, is less than the checks saved.
#include "instrument/counters.h"
#include "instrument/eliminate/access_flow.h"
#include "instrument/eliminate/rules.h"
#include "instrument/options.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/PointerIntPair.h"
#include "llvm/IR/DebugInfoMetadata.h"

namespace baton {

using namespace llvm;

namespace {

constexpr int64_t kLine = 64;
constexpr int64_t kMissCost = 4;  // a check that lies in two lines, in checks that do not

struct Field {
  int64_t begin;
  int64_t end;
  unsigned index;  // of the access
};

// Fields next to each other, in ascending order of their offsets.
struct Group {
  SmallVector<Field, 4> fields;
  int64_t end = 0;

  int64_t begin() const { return fields.front().begin; }

  bool is_worthwhile_with(const Field& field, int64_t alignment) const {
    int64_t width = std::max(end, field.end) - begin();
    if (width > kLine) return false;
    int64_t places_in_two_lines = std::max<int64_t>(0, width - alignment);
    return kMissCost * places_in_two_lines <= static_cast<int64_t>(fields.size()) * kLine;
  }

  void add(const Field& field) {
    fields.push_back(field);
    end = std::max(end, field.end);
  }

  uint64_t mask() const {
    uint64_t result = 0;
    for (const Field& field : fields) {
      uint64_t bytes = field.end - field.begin == kLine ? ~0ull : (1ull << (field.end - field.begin)) - 1;
      result |= bytes << (field.begin - begin());
    }
    return result;
  }
};

class FieldMerger {
 public:
  FieldMerger(Accesses& accesses, const SyncSummary& summary)
      : accesses_(accesses), summary_(summary), merged_(accesses.size()) {
    for (unsigned i = 0; i < accesses.size(); i++) {
      if (!accesses[i].source) by_instruction_[accesses[i].instruction].push_back(i);
    }
  }

  void run(BasicBlock& block) {
    for (Instruction& instruction : block) {
      auto found = by_instruction_.find(&instruction);
      if (found != by_instruction_.end()) {
        for (unsigned i : found->second) note(i);
      }
      Effects effects = summary_.of(instruction);
      if (!effects.surely_continues || (effects.orders() && !option_unsound_fields)) end_stretch();
    }
    end_stretch();
  }

  const BitVector& merged() const { return merged_; }
  ArrayRef<Access> united() const { return united_; }

 private:
  // Base and is_write; where the access is in the source.
  using Key = std::pair<PointerIntPair<Value*, 1, bool>, std::pair<unsigned, const void*>>;

  static bool is_library(const DILocation& location) {
    StringRef file = location.getFilename();
    return file.starts_with("/usr/") && file.contains("/include/");
  }

  static std::pair<unsigned, const void*> line_of(const Instruction& instruction) {
    const DILocation* location = instruction.getDebugLoc();
    if (!location) return {0, nullptr};
    while (is_library(*location)) {
      if (!location->getInlinedAt()) return {0, location->getScope()->getSubprogram()};
      location = location->getInlinedAt();
    }
    return {location->getLine(), location->getInlinedAt()};
  }

  void note(unsigned index) {
    std::optional<FixedPlace> place = fixed_place(accesses_[index]);
    if (!place || place->size > kLine) return;
    fields_[Key({place->base, accesses_[index].is_write}, line_of(*accesses_[index].instruction))].push_back(
        {place->offset, place->offset + place->size, index});
  }

  void end_stretch() {
    for (auto& [key, fields] : fields_) {
      if (fields.size() < 2) continue;
      llvm::sort(fields, [](const Field& a, const Field& b) {
        return std::pair(a.begin, a.index) < std::pair(b.begin, b.index);
      });
      Group group;
      int64_t alignment = 1;
      for (const Field& field : fields) {
        if (!group.fields.empty() && !group.is_worthwhile_with(field, alignment)) {
          unite(group, key.first.getPointer(), alignment);
          group = {};
        }
        if (group.fields.empty()) alignment = static_cast<int64_t>(alignment_of(accesses_[field.index]));
        group.add(field);
      }
      unite(group, key.first.getPointer(), alignment);
    }
    fields_.clear();
  }

  void unite(const Group& group, Value* base, int64_t alignment) {
    if (group.fields.size() < 2) return;
    unsigned first = group.fields.front().index;
    for (const Field& field : group.fields) {
      merged_.set(field.index);
      first = std::min(first, field.index);
    }
    Instruction* at = accesses_[first].instruction;
    Access access{at, base, accesses_[first].is_write, Access::Shape::kFixed};
    access.source = at;
    access.offset = static_cast<uint64_t>(group.begin());
    access.alignment = static_cast<uint64_t>(alignment);
    uint64_t mask = group.mask();
    if ((mask & (mask + 1)) == 0) {
      access.size = static_cast<uint64_t>(group.end - group.begin());
    } else {
      access.shape = Access::Shape::kMask;
      access.size = mask;
    }
    united_.push_back(access);
  }

  Accesses& accesses_;
  const SyncSummary& summary_;
  DenseMap<const Instruction*, SmallVector<unsigned, 2>> by_instruction_;
  MapVector<Key, SmallVector<Field, 4>> fields_;  // of the current stretch
  BitVector merged_;
  SmallVector<Access, 8> united_;
};

}  // namespace

void merge_fields(Function& function, Accesses& accesses, const SyncSummary& summary, Remarks& remarks) {
  FieldMerger merger(accesses, summary);
  for (BasicBlock& block : function) merger.run(block);
  if (merger.merged().none()) return;
  drop(accesses, merger.merged(), counters::merged_fields, "FieldCheck", "is part of one for its neighbours too",
       remarks);
  accesses.append(merger.united().begin(), merger.united().end());
}

}  // namespace baton
