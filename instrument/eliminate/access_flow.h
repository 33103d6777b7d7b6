// SPDX-License-Identifier: Apache-2.0
//
// The accesses of one function as bits that a data-flow analysis can carry.
//
// Every access to a constant range of bytes at an address known as base + constant is cut into *atoms*: the pieces of
// memory behind one base between all the ends of accesses there. An atom has two bits: "checked", and "checked as a
// write"; all the first bits come before all the second. A block becomes a list of events in the order in which they
// happen; other instructions do not matter.
//
// Rule: a base is an SSA value. Where it is defined its atoms begin to mean other memory than before, which happens
// whenever a loop comes round: kDefinition.
#ifndef BATON_INSTRUMENT_ELIMINATE_ACCESS_FLOW_H_
#define BATON_INSTRUMENT_ELIMINATE_ACCESS_FLOW_H_

#include <optional>
#include <vector>

#include "instrument/eliminate/sync_summary.h"
#include "instrument/memory_access.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"

namespace baton {

// The bytes [offset, offset + size) behind `base`, which is as far as constants lead back.
struct FixedPlace {
  llvm::Value* base;
  int64_t offset;
  int64_t size;
};

// Where the access is; nothing, if its size is not constant.
std::optional<FixedPlace> fixed_place(const Access& access);

struct FlowEvent {
  enum class Kind : uint8_t { kAccess, kDefinition, kEffect };
  Kind kind;
  unsigned index = 0;  // of the access; of the base
  Effects effects;     // kEffect: not those of an instruction that merely continues
};

class AccessFlow {
 public:
  // `accesses` in the order of the function's instructions.
  AccessFlow(llvm::Function& function, llvm::ArrayRef<Access> accesses, const SyncSummary& summary);

  // False if there is nothing to find, or if the function is so large that looking would take too long.
  bool is_worthwhile() const;

  const std::vector<FlowEvent>& events(const llvm::BasicBlock& block) const { return events_.find(&block)->second; }
  unsigned bits() const { return 2 * atoms_; }

  // Sets the bits that a check of the access leaves.
  void add(unsigned access, llvm::BitVector& state) const;
  // Whether `state` has all the bytes of the access, as strongly.
  bool covers(unsigned access, const llvm::BitVector& state) const;
  void forget_base(unsigned base, llvm::BitVector& state) const;

 private:
  struct Range {
    unsigned first = 0;  // atoms [first, last)
    unsigned last = 0;
  };
  void number_atoms(llvm::ArrayRef<Access> accesses);
  void list_events(llvm::Function& function, llvm::ArrayRef<Access> accesses, const SyncSummary& summary);

  unsigned atoms_ = 0;
  unsigned repeats_ = 0;                  // accesses that share an atom with another
  std::vector<Range> of_access_;          // by access; empty: not of this kind
  std::vector<Range> of_base_;            // by base
  std::vector<bool> is_write_;            // by access
  std::vector<const llvm::Value*> base_;  // by base
  llvm::DenseMap<const llvm::BasicBlock*, std::vector<FlowEvent>> events_;
};

}  // namespace baton

#endif  // BATON_INSTRUMENT_ELIMINATE_ACCESS_FLOW_H_
