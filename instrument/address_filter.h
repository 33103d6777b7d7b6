// SPDX-License-Identifier: Apache-2.0
//
// Which addresses cannot be raced for, and therefore need no check.
//
// Rule: an address is left alone only if every object it may point into is of such a kind, seen through arithmetic,
// phis and selects. What is unknown is checked.
//
// The load of an object's vtable pointer is not among them: it reads memory of the object which constructors and
// destructors write. The load from the table is.
#ifndef BATON_INSTRUMENT_ADDRESS_FILTER_H_
#define BATON_INSTRUMENT_ADDRESS_FILTER_H_

#include "instrument/publication.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/Statistic.h"
#include "llvm/IR/Instruction.h"

namespace baton {

// For one function; asks for captures, so it must be done asking before the first check is inserted.
class AddressFilter {
 public:
  // `publication`: null if only what this function shows by itself shall count.
  explicit AddressFilter(Publication* publication) : publication_(publication) {}

  // If an access of `instruction` at `address` (a pointer, or a vector of pointers) needs no check: the counter of the
  // reason. Else null.
  llvm::TrackingStatistic* reason_to_skip(const llvm::Instruction& instruction, const llvm::Value* address);

 private:
  llvm::TrackingStatistic* reason_of_object(const llvm::Instruction& instruction, const llvm::Value* object);
  bool may_be_captured(const llvm::Value* object);

  Publication* publication_;
  llvm::DenseMap<const llvm::Value*, bool> captured_;
};

}  // namespace baton

#endif  // BATON_INSTRUMENT_ADDRESS_FILTER_H_
