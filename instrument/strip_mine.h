// SPDX-License-Identifier: Apache-2.0
//
// Strip-mining of innermost loops for polls: a loop that ends when a counter reaches a bound is made to end when it
// reaches the bound or the end of a chunk, whichever comes first, in an outer loop that polls. An iteration costs what
// it did before.
//
//      header:  i = phi ...                  chunk:   i0 = phi ...; end = the nearer of bound and i0 + K * step
//      latch:   i' = i + step        -->     header:  i = phi [i0] ...
//               br i' == bound                latch:   br i' == end, check, header
//                                             check:   br i' == bound, exit, poll
//                                             poll:    ...; br chunk
//
// The check repeats the loop's own condition, so the loop ends when it did before, whatever the bound is: `end` only
// has to be reached within K iterations, or to be the bound.
#ifndef BATON_INSTRUMENT_STRIP_MINE_H_
#define BATON_INSTRUMENT_STRIP_MINE_H_

#include <cstdint>
#include <optional>

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/Instructions.h"

namespace baton {

// A loop that can be strip-mined. Good until its own blocks are changed.
struct CountedLoop {
  llvm::PHINode* counter;         // of the header
  llvm::BasicBlock* preheader;    // ends with a branch to the header
  llvm::BranchInst* back;         // the latch's terminator
  llvm::ICmpInst* condition;      // its condition, and only its
  unsigned counted_operand;       // of the condition: the counter, before or after the step
  llvm::CmpInst::Predicate pred;  // counted <pred> bound: the loop goes on
  std::int64_t step;              // bytes, for a pointer
};

std::optional<CountedLoop> find_counted_loop(const llvm::Loop& loop);

// Returns the instruction before which the poll belongs; it runs once in `iterations`, between two chunks.
llvm::Instruction* strip_mine(const CountedLoop& loop, std::uint64_t iterations);

}  // namespace baton

#endif  // BATON_INSTRUMENT_STRIP_MINE_H_
