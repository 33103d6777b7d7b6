// SPDX-License-Identifier: Apache-2.0
//
// Keeps loops from being unrolled in checked builds, where that would do harm:
//  * Those whose number of turns is not constant. An unrolled loop and the loop for what is left over are two, each
//    entered under a condition, and what either accesses cannot be carried out of the loop around them (loops.cpp).
//  * Short ones in which a check remains in each turn, since an access moves unevenly. Unrolling them completely makes
//    more code, and more calls that the detector has to tell apart: eight copies of one access leave eight records
//    where one would do. (Long loops are unrolled by two or four: random updates were a third slower without it.)
#ifndef BATON_INSTRUMENT_ELIMINATE_KEEP_ROLLED_H_
#define BATON_INSTRUMENT_ELIMINATE_KEEP_ROLLED_H_

#include "llvm/IR/PassManager.h"
#include "llvm/Transforms/Scalar/LoopPassManager.h"

namespace baton {

// The first kind, before loops are vectorised.
struct KeepRolledPass : llvm::PassInfoMixin<KeepRolledPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

// The second, before loops are unrolled completely.
struct KeepUnevenRolledPass : llvm::PassInfoMixin<KeepUnevenRolledPass> {
  llvm::PreservedAnalyses run(llvm::Loop& loop, llvm::LoopAnalysisManager& manager,
                              llvm::LoopStandardAnalysisResults& analyses, llvm::LPMUpdater& updater);
};

}  // namespace baton

#endif  // BATON_INSTRUMENT_ELIMINATE_KEEP_ROLLED_H_
