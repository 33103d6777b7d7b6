// SPDX-License-Identifier: Apache-2.0
#include "instrument/eliminate/loop_exit.h"

#include "instrument/counters.h"
#include "llvm/Analysis/DomTreeUpdater.h"
#include "llvm/Analysis/ScalarEvolutionExpressions.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

namespace baton {

using namespace llvm;

LoopAnalyses::LoopAnalyses(Function& function, FunctionAnalysisManager& manager)
    : dominators(manager.getResult<DominatorTreeAnalysis>(function)),
      loops(manager.getResult<LoopAnalysis>(function)),
      evolution(manager.getResult<ScalarEvolutionAnalysis>(function)),
      target(manager.getResult<TargetIRAnalysis>(function)),
      expander(evolution, function.getParent()->getDataLayout(), "baton.loop", /*PreserveLCSSA=*/false) {}

bool LoopAnalyses::is_cheap(const SCEV* expression, Loop& loop, const Instruction& at) {
  constexpr unsigned kBudget = 8;
  return expander.isSafeToExpandAt(expression, &at) &&
         !expander.isHighCostExpansion(expression, &loop, kBudget, &target, &at);
}

unsigned LoopAnalyses::last_turn(const LoopPiece& piece, const BasicBlock& exiting) const {
  return dominators.dominates(piece.block, &exiting) ? 1 : 0;
}

std::optional<unsigned> LoopAnalyses::last_turn(const LoopPiece& piece, const Loop& loop) const {
  SmallVector<BasicBlock*, 4> exiting;
  loop.getExitingBlocks(exiting);
  unsigned first = last_turn(piece, *exiting.front());
  for (const BasicBlock* block : exiting) {
    if (last_turn(piece, *block) != first) return std::nullopt;
  }
  return first;
}

namespace {

// Complete turns of a loop, where it is left: those already checked, and those since.
struct Turns {
  const SCEV* checked;
  Value* since;           // null: `back_edges`, or period - left
  Value* left = nullptr;  // with a period
};

class Inserter {
 public:
  Inserter(const Accesses& accesses, LoopAnalyses& analyses)
      : accesses_(accesses),
        analyses_(analyses),
        evolution_(analyses.evolution),
        type_(Type::getInt64Ty(evolution_.getContext())) {}

  // All values that are computed on entry, before any block is added.
  void enter(LoopPlan& plan) {
    Instruction* at = plan.loop->getLoopPreheader()->getTerminator();
    for (PlannedPiece& planned : plan.pieces) {
      planned.motion.start = on_entry(planned.motion.start, at);
      planned.motion.step = on_entry(planned.motion.step, at);
      planned.piece.size = on_entry(planned.piece.size, at);
      if (planned.piece.count) {
        planned.piece.stride = on_entry(planned.piece.stride, at);
        planned.piece.count = on_entry(planned.piece.count, at);
      }
    }
    if (plan.back_edges && plan.period == 0) plan.back_edges = on_entry(plan.back_edges, at);
  }

  void leave(const LoopPlan& plan) {
    Turns turns = plan.period       ? count_with_period(plan)
                  : plan.back_edges ? Turns{constant(0), nullptr}
                                    : count(*plan.loop);
    SmallVector<BasicBlock*, 4> exits;
    plan.loop->getUniqueExitBlocks(exits);
    for (BasicBlock* exit : exits) {
      for (const PlannedPiece& planned : plan.pieces) {
        const SCEV* last = last_turn(planned.piece, *exit);
        Instruction* at = &*exit->getFirstInsertionPt();
        const SCEV* since = plan.back_edges;
        if (turns.left) {
          since = evolution_.getMinusSCEV(constant(plan.period), evolution_.getUnknown(turns.left));
        } else if (turns.since) {
          since = evolution_.getUnknown(turns.since);
        }
        place(planned, turns.checked, evolution_.getAddExpr(since, last), at);
      }
    }
  }

  SmallVector<Access, 8> take() { return std::move(united_); }

 private:
  const SCEV* constant(uint64_t value) { return evolution_.getConstant(type_, value); }

  const SCEV* on_entry(const SCEV* expression, Instruction* at) {
    if (isa<SCEVConstant>(expression)) return expression;
    Value* value = analyses_.expander.expandCodeFor(expression, expression->getType(), at);
    return evolution_.getUnknown(value);
  }

  // How often the loop came round, where it is left.
  Turns count(const Loop& loop) {
    BasicBlock* header = loop.getHeader();
    PHINode* turns = PHINode::Create(type_, 2, "baton.turns", header->begin());
    IRBuilder<> latch(loop.getLoopLatch()->getTerminator());
    turns->addIncoming(latch.getInt64(0), loop.getLoopPreheader());
    turns->addIncoming(latch.CreateAdd(turns, latch.getInt64(1)), loop.getLoopLatch());
    return {constant(0), turns};
  }

  Turns count_with_period(const LoopPlan& plan) {
    Loop& loop = *plan.loop;
    BasicBlock* header = loop.getHeader();
    BasicBlock* entry = loop.getLoopPreheader();
    PHINode* left = PHINode::Create(type_, 2, "baton.left", header->begin());
    PHINode* checked = PHINode::Create(type_, 2, "baton.checked", header->begin());

    IRBuilder<> builder(&*header->getFirstInsertionPt());
    Value* is_over = builder.CreateICmpEQ(left, builder.getInt64(0));
    MDNode* weights = MDBuilder(header->getContext()).createBranchWeights(1, static_cast<uint32_t>(plan.period));
    DomTreeUpdater updater(analyses_.dominators, DomTreeUpdater::UpdateStrategy::Eager);
    Instruction* over = SplitBlockAndInsertIfThen(is_over, builder.GetInsertPoint(), /*Unreachable=*/false, weights,
                                                  &updater, &analyses_.loops);
    BasicBlock* body = over->getSuccessor(0);
    for (const PlannedPiece& planned : plan.pieces) {
      place(planned, evolution_.getUnknown(checked), constant(plan.period), over);
    }
    builder.SetInsertPoint(over);
    Value* checked_now = builder.CreateAdd(checked, builder.getInt64(plan.period));

    builder.SetInsertPoint(body, body->begin());
    PHINode* left_now = builder.CreatePHI(type_, 2, "baton.left");
    PHINode* all_checked = builder.CreatePHI(type_, 2, "baton.checked");
    left_now->addIncoming(left, header);
    left_now->addIncoming(builder.getInt64(plan.period), over->getParent());
    all_checked->addIncoming(checked, header);
    all_checked->addIncoming(checked_now, over->getParent());

    BasicBlock* latch = loop.getLoopLatch();
    builder.SetInsertPoint(latch->getTerminator());
    left->addIncoming(builder.getInt64(plan.period), entry);
    left->addIncoming(builder.CreateSub(left_now, builder.getInt64(1)), latch);
    checked->addIncoming(builder.getInt64(0), entry);
    checked->addIncoming(all_checked, latch);
    return {evolution_.getUnknown(all_checked), nullptr, left_now};
  }

  // 1 where the turn in which the loop is left makes the access, else 0.
  const SCEV* last_turn(const LoopPiece& piece, BasicBlock& exit) {
    SmallVector<BasicBlock*, 4> from(predecessors(&exit));
    unsigned first = analyses_.last_turn(piece, *from.front());
    if (llvm::all_of(from, [&](BasicBlock* block) { return analyses_.last_turn(piece, *block) == first; }))
      return constant(first);
    PHINode* last = PHINode::Create(type_, from.size(), "baton.last", exit.begin());
    for (BasicBlock* block : from)
      last->addIncoming(ConstantInt::get(type_, analyses_.last_turn(piece, *block)), block);
    return evolution_.getUnknown(last);
  }

  // Adds the access that `turns` turns make from turn `checked` on, to be checked before `at`.
  void place(const PlannedPiece& planned, const SCEV* checked, const SCEV* turns, Instruction* at) {
    LoopMotion motion = planned.motion;
    motion.start = evolution_.getAddExpr(motion.start, evolution_.getMulExpr(motion.step, checked));
    LoopPiece piece = unite_turns(planned.piece, motion, planned.form, turns, evolution_);
    auto value = [&](const SCEV* expression) {
      return analyses_.expander.expandCodeFor(expression, expression->getType(), at);
    };
    Access access{at, value(piece.base), piece.is_write, Access::Shape::kLength};
    access.length = value(piece.size);
    access.source = accesses_[piece.members.front()].instruction;
    if (piece.count) {
      access.shape = Access::Shape::kStrided;
      access.stride = value(piece.stride);
      access.count = value(piece.count);
    } else if (auto* size = dyn_cast<ConstantInt>(access.length)) {
      access.shape = Access::Shape::kFixed;
      access.size = size->getZExtValue();
    }
    united_.push_back(access);
  }

  const Accesses& accesses_;
  LoopAnalyses& analyses_;
  ScalarEvolution& evolution_;
  Type* type_;
  SmallVector<Access, 8> united_;
};

}  // namespace

SmallVector<Access, 8> insert_plans(MutableArrayRef<LoopPlan> plans, const Accesses& accesses, LoopAnalyses& analyses) {
  Inserter inserter(accesses, analyses);
  for (LoopPlan& plan : plans) inserter.enter(plan);
  for (const LoopPlan& plan : plans) inserter.leave(plan);
  return inserter.take();
}

}  // namespace baton
