// SPDX-License-Identifier: Apache-2.0
//
// Elimination and merging of checks, between finding the accesses of a function and inserting their checks. Done at -O1
// and above. Each rule (rules.h) has a switch in options.def and a counter in counters.def.
#ifndef BATON_INSTRUMENT_ELIMINATE_ELIMINATE_H_
#define BATON_INSTRUMENT_ELIMINATE_ELIMINATE_H_

#include "instrument/eliminate/sync_summary.h"
#include "instrument/memory_access.h"
#include "llvm/IR/PassManager.h"

namespace baton {

// For one module; made before anything is inserted into it.
class Eliminator {
 public:
  Eliminator(llvm::Module& module, llvm::FunctionAnalysisManager& analyses, const llvm::TargetLibraryInfo& library)
      : summary_(module, library), analyses_(analyses) {}

  // Drops and merges entries of `accesses`, which are those of `function` in the order of its instructions. May add
  // blocks and arithmetic to the function.
  void run(llvm::Function& function, Accesses& accesses);

 private:
  SyncSummary summary_;
  llvm::FunctionAnalysisManager& analyses_;
};

}  // namespace baton

#endif  // BATON_INSTRUMENT_ELIMINATE_ELIMINATE_H_
