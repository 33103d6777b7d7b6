// SPDX-License-Identifier: Apache-2.0
#include "instrument/eliminate/keep_rolled.h"

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Transforms/Utils/LoopUtils.h"

namespace baton {

using namespace llvm;

PreservedAnalyses KeepRolledPass::run(Function& function, FunctionAnalysisManager& analyses) {
  for (Loop* loop : analyses.getResult<LoopAnalysis>(function).getLoopsInPreorder()) {
    addStringMetadataToLoop(loop, "llvm.loop.unroll.runtime.disable");
  }
  return PreservedAnalyses::all();
}

}  // namespace baton
