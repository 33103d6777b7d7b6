// SPDX-License-Identifier: Apache-2.0
//
// Keeps loops whose number of turns is not constant from being unrolled in checked builds. An unrolled loop and the
// loop for what is left over are two, each entered under a condition, and what either accesses cannot be carried out of
// the loop around them (loops.cpp); and where a check remains in each turn, unrolling only makes more code.
#ifndef BATON_INSTRUMENT_ELIMINATE_KEEP_ROLLED_H_
#define BATON_INSTRUMENT_ELIMINATE_KEEP_ROLLED_H_

#include "llvm/IR/PassManager.h"

namespace baton {

struct KeepRolledPass : llvm::PassInfoMixin<KeepRolledPass> {
  llvm::PreservedAnalyses run(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
};

}  // namespace baton

#endif  // BATON_INSTRUMENT_ELIMINATE_KEEP_ROLLED_H_
