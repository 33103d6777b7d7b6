// SPDX-License-Identifier: Apache-2.0
#include "instrument/eliminate/keep_rolled.h"

#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/Analysis/ScalarEvolutionExpressions.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Transforms/Utils/LoopUtils.h"

namespace baton {

using namespace llvm;

namespace {

// Whether an access will be checked in each turn: it neither stays where it is nor moves evenly.
bool is_checked_each_turn(const Instruction& instruction, const Loop& loop, ScalarEvolution& evolution) {
  const Value* address = getLoadStorePointerOperand(&instruction);
  if (!address || isa<AllocaInst>(getUnderlyingObject(address))) return false;
  const SCEV* place = evolution.getSCEV(const_cast<Value*>(address));
  if (evolution.isLoopInvariant(place, &loop)) return false;
  const auto* moving = dyn_cast<SCEVAddRecExpr>(place);
  return !moving || !moving->isAffine();
}

bool has_check_in_each_turn(const Loop& loop, ScalarEvolution& evolution) {
  return llvm::any_of(loop.blocks(), [&](const BasicBlock* block) {
    return llvm::any_of(
        *block, [&](const Instruction& instruction) { return is_checked_each_turn(instruction, loop, evolution); });
  });
}

}  // namespace

PreservedAnalyses KeepRolledPass::run(Function& function, FunctionAnalysisManager& analyses) {
  for (Loop* loop : analyses.getResult<LoopAnalysis>(function).getLoopsInPreorder()) {
    addStringMetadataToLoop(loop, "llvm.loop.unroll.runtime.disable");
  }
  return PreservedAnalyses::all();
}

PreservedAnalyses KeepUnevenRolledPass::run(Loop& loop, LoopAnalysisManager&, LoopStandardAnalysisResults& analyses,
                                            LPMUpdater&) {
  constexpr unsigned kMostTurns = 64;  // more are not unrolled completely
  const unsigned turns = analyses.SE.getSmallConstantTripCount(&loop);
  if (turns != 0 && turns <= kMostTurns && loop.isInnermost() && has_check_in_each_turn(loop, analyses.SE))
    addStringMetadataToLoop(&loop, "llvm.loop.unroll.disable", 1);
  return PreservedAnalyses::all();
}

}  // namespace baton
