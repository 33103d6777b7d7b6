// SPDX-License-Identifier: Apache-2.0
//
// Checks of accesses that move evenly through memory while a loop runs: one check of all they touched when the loop is
// left, by whichever way, instead of one check a turn.
//
// Rules:
//  * Only loops in which nothing acquires or releases, and nothing throws or may not return: then every point of the
//    loop and its exits are the same to other goroutines, and each exit is seen.
//  * Only accesses that each complete turn makes. In the turn in which the loop is left, an access was made if it
//    dominates the branch that leaves.
//  * What was accessed so far is checked every kPeriod turns, so that a long loop does not keep a race to itself.
//  * If the number of turns is known on entry, the result may be an access of the loop around, which goes on in the
//  same
//    way; for two levels, as nothing is checked while it is carried.
#include "instrument/counters.h"
#include "instrument/eliminate/loop_exit.h"
#include "instrument/eliminate/loop_piece.h"
#include "instrument/eliminate/rules.h"
#include "instrument/options.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/Instructions.h"
#include "llvm/Transforms/Utils/LoopUtils.h"

namespace baton {

using namespace llvm;

namespace {

constexpr unsigned kMaxPieces = 64;  // of one loop; looking for neighbours compares all pairs
constexpr int kMaxLevels = 2;
constexpr uint64_t kPeriods[kMaxLevels] = {65536, 256};  // by the levels that a piece was carried out of

class Planner {
 public:
  Planner(Accesses& accesses, const SyncSummary& summary, LoopAnalyses& analyses)
      : accesses_(accesses), summary_(summary), analyses_(analyses), merged_(accesses.size()) {}

  // Plans every loop of the function; `merged` are the accesses that the plans stand for.
  SmallVector<LoopPlan, 4> run(BitVector& merged) {
    find_candidates();
    for (Loop* loop : analyses_.loops.getTopLevelLoops()) visit(*loop);
    merged = merged_;
    return std::move(plans_);
  }

 private:
  void find_candidates() {
    for (unsigned i = 0; i < accesses_.size(); i++) {
      if (Loop* loop = analyses_.loops.getLoopFor(accesses_[i].instruction->getParent())) by_loop_[loop].push_back(i);
    }
  }

  // Whether nothing in the loop orders, throws, or may not return.
  bool is_quiet(const Loop& loop) {
    for (const BasicBlock* block : loop.blocks()) {
      const Instruction* end = block->getTerminator();
      if (!isa<BranchInst>(end) && !isa<SwitchInst>(end)) return false;
      for (const Instruction& instruction : *block) {
        Effects effects = summary_.of(instruction);
        if (!effects.surely_continues) return false;
        if (effects.orders() && !option_unsound_loops) return false;
      }
    }
    return true;
  }

  // Gives the loop a preheader and exits of its own, if it has not. False if that cannot be.
  bool prepare(Loop& loop) {
    BasicBlock* header = loop.getHeader();
    if (header->isEHPad() || !loop.getLoopLatch()) return false;
    for (BasicBlock* before : predecessors(header)) {
      if (!analyses_.dominators.isReachableFromEntry(before)) return false;
    }
    if (!loop.getLoopPreheader() &&
        !InsertPreheaderForLoop(&loop, &analyses_.dominators, &analyses_.loops, nullptr, false))
      return false;
    formDedicatedExitBlocks(&loop, &analyses_.dominators, &analyses_.loops, nullptr, false);
    SmallVector<BasicBlock*, 4> exits;
    loop.getUniqueExitBlocks(exits);
    return !exits.empty() && loop.hasDedicatedExits() &&
           llvm::none_of(exits, [](const BasicBlock* exit) { return exit->isEHPad(); });
  }

  // Visits the loops inside first. Returns the pieces that the loop hands to the one around it.
  SmallVector<LoopPiece, 4> visit(Loop& loop) {
    open_[&loop] = is_quiet(loop) && prepare(loop);
    SmallVector<LoopPiece, 8> pieces;
    for (Loop* inner : loop.getSubLoops()) pieces.append(visit(*inner));
    if (!open_[&loop]) return {};
    append_own(loop, pieces);
    SmallVector<LoopPiece, 4> carried;
    LoopPlan plan{&loop, turns_known_on_entry(loop), 0, {}};
    for (const LoopPiece& piece : pieces) {
      if (std::optional<LoopPiece> outside = carry_out(piece, loop, plan.back_edges)) {
        carried.push_back(*outside);
      } else {
        keep(piece, plan);
      }
    }
    unsigned most = analyses_.evolution.getSmallConstantMaxTripCount(&loop);
    if (most != 0 && most <= plan.period) plan.period = 0;
    if (!plan.pieces.empty()) plans_.push_back(std::move(plan));
    return carried;
  }

  void append_own(Loop& loop, SmallVectorImpl<LoopPiece>& pieces) {
    SmallVector<LoopPiece, 8> own;
    for (unsigned i : by_loop_[&loop]) {
      if (own.size() == kMaxPieces) break;
      std::optional<LoopPiece> piece = piece_of(accesses_[i], i, analyses_.evolution);
      if (piece && has_form(*piece, loop)) own.push_back(*piece);
    }
    unite_neighbours(own, analyses_.evolution);
    unite_progressions(own, loop, analyses_.evolution);
    // Asked of those that are left: where a neighbour begins is often dear to compute, where the first begins is not.
    llvm::erase_if(own, [&](const LoopPiece& piece) { return !is_expandable(piece, loop); });
    pieces.append(own);
  }

  // Whether the bytes that the piece touches while `loop` runs have a form.
  bool has_form(const LoopPiece& piece, Loop& loop) {
    if (!analyses_.dominators.dominates(piece.block, loop.getLoopLatch())) return false;
    std::optional<LoopMotion> motion = motion_of(piece, loop, analyses_.evolution);
    return motion && form_of(piece, *motion, analyses_.evolution);
  }

  // Whether a piece that has a form can be computed when the loop is left.
  bool is_expandable(const LoopPiece& piece, Loop& loop) {
    const LoopMotion motion = *motion_of(piece, loop, analyses_.evolution);
    const Instruction* at = loop.getLoopPreheader()->getTerminator();
    for (const SCEV* part : {motion.start, motion.step, piece.size, piece.stride, piece.count}) {
      if (part && !analyses_.is_cheap(part, loop, *at)) return false;
    }
    return true;
  }

  // How often the loop goes back, 64 bits wide; null if that shows only while it runs.
  const SCEV* turns_known_on_entry(Loop& loop) {
    ScalarEvolution& evolution = analyses_.evolution;
    const SCEV* count = evolution.getBackedgeTakenCount(&loop);
    if (isa<SCEVCouldNotCompute>(count) || evolution.getTypeSizeInBits(count->getType()) > 64) return nullptr;
    if (!analyses_.is_cheap(count, loop, *loop.getLoopPreheader()->getTerminator())) return nullptr;
    return evolution.getNoopOrZeroExtend(count, Type::getInt64Ty(evolution.getContext()));
  }

  // The piece as an access of the loop around; nothing, if it has to be checked when this loop is left.
  std::optional<LoopPiece> carry_out(const LoopPiece& piece, Loop& loop, const SCEV* back_edges) {
    Loop* around = loop.getParentLoop();
    BasicBlock* exit = loop.getUniqueExitBlock();
    if (!around || !open_[around] || !back_edges || !exit || piece.levels + 1 >= kMaxLevels) return std::nullopt;
    if (analyses_.loops.getLoopFor(exit) != around) return std::nullopt;
    std::optional<unsigned> last = analyses_.last_turn(piece, loop);
    if (!last) return std::nullopt;
    ScalarEvolution& evolution = analyses_.evolution;
    LoopMotion motion = *motion_of(piece, loop, evolution);
    const SCEV* turns = evolution.getAddExpr(back_edges, evolution.getConstant(back_edges->getType(), *last));
    LoopPiece outside = unite_turns(piece, motion, *form_of(piece, motion, evolution), turns, evolution);
    outside.block = exit;
    if (!has_form(outside, *around) || !is_expandable(outside, *around)) return std::nullopt;
    return outside;
  }

  void keep(const LoopPiece& piece, LoopPlan& plan) {
    LoopMotion motion = *motion_of(piece, *plan.loop, analyses_.evolution);
    plan.pieces.push_back({piece, motion, *form_of(piece, motion, analyses_.evolution)});
    uint64_t period = kPeriods[piece.levels];
    plan.period = plan.period ? std::min(plan.period, period) : period;
    for (unsigned member : piece.members) merged_.set(member);
  }

  Accesses& accesses_;
  const SyncSummary& summary_;
  LoopAnalyses& analyses_;
  DenseMap<const Loop*, SmallVector<unsigned, 4>> by_loop_;
  DenseMap<const Loop*, bool> open_;
  SmallVector<LoopPlan, 4> plans_;
  BitVector merged_;
};

}  // namespace

void merge_in_loops(Function& function, Accesses& accesses, const SyncSummary& summary,
                    FunctionAnalysisManager& manager, Remarks& remarks) {
  if (manager.getResult<LoopAnalysis>(function).empty()) return;
  LoopAnalyses analyses(function, manager);
  BitVector merged;
  SmallVector<LoopPlan, 4> plans = Planner(accesses, summary, analyses).run(merged);
  if (plans.empty()) return;
  SmallVector<Access, 8> united = insert_plans(plans, accesses, analyses);
  drop(accesses, merged, counters::merged_in_loops, "LoopCheck", "is part of one for the whole loop", remarks);
  accesses.append(united);
}

}  // namespace baton
