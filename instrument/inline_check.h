// SPDX-License-Identifier: Apache-2.0
//
// Gives the checks of optimised code their inline test: the call __baton_readN(p, ctx) becomes
//
//    words = halfword of the filter of p's line; epoch = __baton_epoch
//    if (word of the line != epoch || words has a bit of p's words) [[unlikely]] __baton_cold_readN(p)
//
// (race_abi.h, "The filter"). The cold call preserves all registers, so a check that hits costs the code around it
// nothing but the flags and a few scratch registers, and a leaf function stays one: it gets a frame on a miss only.
//
// Rules:
//  * Runs after RacePass, which decides what is checked; here nothing is moved, merged or left out.
//  * The test may say "miss" for any access, never "hit" for one that the filter does not hold: an address whose
//    alignment is not known is tested for one word more than it may touch.
//  * __baton_epoch is a direct operand of its load, as __baton_ctx is (abi.h), and is loaded anew for every check: the
//    epoch changes in calls, and the thread too.
//  * The calling context is not handed over. A function that stores its own leaves it to be found; in one that does
//    not, the cold call computes it, and the computation at the function's entry goes away if nothing else needs it.
//  * Functions compiled for size, or not optimised, keep the calls. Where size counts in others, the cold call stands
//    without a test.
#ifndef BATON_INSTRUMENT_INLINE_CHECK_H_
#define BATON_INSTRUMENT_INLINE_CHECK_H_

#include "llvm/IR/Instructions.h"
#include "llvm/IR/PassManager.h"

namespace baton {

// Notes on a check what is known of its address's alignment: `alignment` bytes, a power of two.
void note_alignment(llvm::CallInst& check, uint64_t alignment);

struct InlineCheckPass : llvm::PassInfoMixin<InlineCheckPass> {
  llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager& analyses);
  static bool isRequired() { return true; }
};

}  // namespace baton

#endif  // BATON_INSTRUMENT_INLINE_CHECK_H_
