// SPDX-License-Identifier: Apache-2.0
//
// The code of loops.cpp's plans: counts the turns of a loop and places one access for each planned piece where the loop
// is left, and one where it has gone on for long.
//
//    entry    base, step and extent of each piece are computed here, since they do not change in the loop
//    header   left = period, period-1, ...; checked = turns whose accesses are checked already
//             if (left == 0) { check `period` turns from `checked` on; checked += period; left = period; }
//    exit     turns = period - left, and one more for an access that the last turn made; check these from `checked` on
//
// A loop that is surely short has no such branch; the number of its turns is known on entry, or it is counted.
#ifndef BATON_INSTRUMENT_ELIMINATE_LOOP_EXIT_H_
#define BATON_INSTRUMENT_ELIMINATE_LOOP_EXIT_H_

#include "instrument/eliminate/loop_piece.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/PassManager.h"
#include "llvm/Transforms/Utils/ScalarEvolutionExpander.h"

namespace baton {

// What is known of a function's loops; kept up to date while blocks are added.
struct LoopAnalyses {
  LoopAnalyses(llvm::Function& function, llvm::FunctionAnalysisManager& manager);

  // Whether computing the expression before `at`, once per entry of the loop, is possible and worth it.
  bool is_cheap(const llvm::SCEV* expression, llvm::Loop& loop, const llvm::Instruction& at);
  // Whether the turn in which the loop is left by `exiting` makes the accesses of the piece, as 0 or 1.
  unsigned last_turn(const LoopPiece& piece, const llvm::BasicBlock& exiting) const;
  // The same for all ways to leave the loop; nothing, if they differ.
  std::optional<unsigned> last_turn(const LoopPiece& piece, const llvm::Loop& loop) const;

  llvm::DominatorTree& dominators;
  llvm::LoopInfo& loops;
  llvm::ScalarEvolution& evolution;
  llvm::TargetTransformInfo& target;
  llvm::SCEVExpander expander;
};

struct PlannedPiece {
  LoopPiece piece;
  LoopMotion motion;
  LoopForm form;
};

struct LoopPlan {
  llvm::Loop* loop;
  const llvm::SCEV* back_edges;  // how often it goes back, if that is known on entry; else null
  uint64_t period;               // turns between two checks while it runs; 0: it is short
  llvm::SmallVector<PlannedPiece, 4> pieces;
};

// Inserts the arithmetic and returns the accesses to be checked in place of those that the plans stand for, of which
// `accesses` says the lines.
llvm::SmallVector<Access, 8> insert_plans(llvm::MutableArrayRef<LoopPlan> plans, const Accesses& accesses,
                                          LoopAnalyses& analyses);

}  // namespace baton

#endif  // BATON_INSTRUMENT_ELIMINATE_LOOP_EXIT_H_
