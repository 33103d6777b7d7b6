// SPDX-License-Identifier: Apache-2.0
#include "instrument/strip_mine.h"

#include <climits>

#include "llvm/IR/DataLayout.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MathExtras.h"

namespace baton {

using namespace llvm;

namespace {

// What `next` adds to `counter`, in units or bytes; 0 if it is not a constant step of it.
std::int64_t step_of(const Value* next, const PHINode* counter, const DataLayout& layout) {
  if (const auto* add = dyn_cast<BinaryOperator>(next)) {
    const bool is_add = add->getOpcode() == Instruction::Add;
    if ((!is_add && add->getOpcode() != Instruction::Sub) || add->getOperand(0) != counter) return 0;
    const auto* amount = dyn_cast<ConstantInt>(add->getOperand(1));
    if (!amount || amount->getBitWidth() > 64 || amount->getValue().getSignificantBits() > 31) return 0;
    return is_add ? amount->getSExtValue() : -amount->getSExtValue();
  }
  if (const auto* gep = dyn_cast<GetElementPtrInst>(next)) {
    if (gep->getPointerOperand() != counter || !gep->getType()->isPointerTy()) return 0;
    APInt offset(layout.getIndexTypeSizeInBits(gep->getType()), 0);
    if (!gep->accumulateConstantOffset(layout, offset) || offset.getSignificantBits() > 31) return 0;
    return offset.getSExtValue();
  }
  return 0;
}

// Signed or unsigned <, with the sign of the step; false for a predicate that does not fit it.
bool fits(CmpInst::Predicate pred, std::int64_t step) {
  switch (pred) {
    case CmpInst::ICMP_NE:
      return true;
    case CmpInst::ICMP_ULT:
    case CmpInst::ICMP_SLT:
    case CmpInst::ICMP_ULE:
    case CmpInst::ICMP_SLE:
      return step > 0;
    case CmpInst::ICMP_UGT:
    case CmpInst::ICMP_SGT:
    case CmpInst::ICMP_UGE:
    case CmpInst::ICMP_SGE:
      return step < 0;
    default:
      return false;
  }
}

// The end of the chunk that begins at `start`, and is not beyond the bound.
Value* end_of_chunk(const CountedLoop& loop, Value* start, Value* bound, std::uint64_t iterations,
                    IRBuilder<>& builder) {
  const DataLayout& layout = loop.counter->getDataLayout();
  Type* type = start->getType();
  Type* number = type->isPointerTy() ? layout.getIntPtrType(type) : type;
  Value* from = type->isPointerTy() ? builder.CreatePtrToInt(start, number) : start;
  Value* to = type->isPointerTy() ? builder.CreatePtrToInt(bound, number) : bound;
  const bool is_up = loop.step > 0;
  const std::uint64_t stride = iterations * static_cast<std::uint64_t>(is_up ? loop.step : -loop.step);
  Value* left = is_up ? builder.CreateSub(to, from) : builder.CreateSub(from, to);
  Value* is_far = builder.CreateICmpUGT(left, ConstantInt::get(number, stride));
  if (loop.pred != CmpInst::ICMP_NE) {
    // Beyond the bound already, the difference says nothing.
    is_far = builder.CreateAnd(is_far, builder.CreateICmp(CmpInst::getStrictPredicate(loop.pred), from, to));
  }
  Value* end;
  if (type->isPointerTy()) {
    end = builder.CreatePtrAdd(start, ConstantInt::getSigned(number, is_up ? static_cast<std::int64_t>(stride)
                                                                           : -static_cast<std::int64_t>(stride)));
  } else {
    Constant* amount = ConstantInt::get(number, stride);
    end = is_up ? builder.CreateAdd(start, amount) : builder.CreateSub(start, amount);
  }
  return builder.CreateSelect(is_far, end, bound, "chunk.end");
}

}  // namespace

std::optional<CountedLoop> find_counted_loop(const Loop& loop) {
  if (!loop.isInnermost() || !loop.isLoopSimplifyForm()) return std::nullopt;
  auto* back = dyn_cast<BranchInst>(loop.getLoopLatch()->getTerminator());
  if (!back || !back->isConditional()) return std::nullopt;
  auto* condition = dyn_cast<ICmpInst>(back->getCondition());
  if (!condition || !condition->hasOneUse() || !loop.contains(condition)) return std::nullopt;
  const bool goes_on_if_true = back->getSuccessor(0) == loop.getHeader();
  if (loop.contains(back->getSuccessor(goes_on_if_true ? 1 : 0))) return std::nullopt;
  // Splitting an edge to a landing pad is not worth the trouble, and does not occur.
  if (back->getSuccessor(goes_on_if_true ? 1 : 0)->isEHPad()) return std::nullopt;
  const DataLayout& layout = loop.getHeader()->getDataLayout();
  for (const unsigned operand : {0U, 1U}) {
    if (!loop.isLoopInvariant(condition->getOperand(1 - operand))) continue;
    Value* counted = condition->getOperand(operand);
    CmpInst::Predicate pred = operand == 0 ? condition->getPredicate() : condition->getSwappedPredicate();
    if (!goes_on_if_true) pred = CmpInst::getInversePredicate(pred);
    for (PHINode& phi : loop.getHeader()->phis()) {
      Value* next = phi.getIncomingValueForBlock(loop.getLoopLatch());
      if (counted != next && counted != &phi) continue;
      const std::int64_t step = step_of(next, &phi, layout);
      if (step == 0 || !fits(pred, step)) continue;
      if (phi.getType()->isIntegerTy() && phi.getType()->getIntegerBitWidth() < 32) continue;
      if (phi.getType()->isPointerTy() && layout.isNonIntegralPointerType(phi.getType())) continue;
      return CountedLoop{&phi, loop.getLoopPreheader(), back, condition, operand, pred, step};
    }
  }
  return std::nullopt;
}

Instruction* strip_mine(const CountedLoop& loop, std::uint64_t iterations) {
  BasicBlock* header = loop.counter->getParent();
  BasicBlock* latch = loop.back->getParent();
  Function* function = header->getParent();
  LLVMContext& context = function->getContext();
  const unsigned exit_index = loop.back->getSuccessor(0) == header ? 1 : 0;
  BasicBlock* exit = loop.back->getSuccessor(exit_index);
  // The stride must stay a number that the counter can hold.
  const std::uint64_t most = (std::uint64_t{1} << 30) / static_cast<std::uint64_t>(std::abs(loop.step));
  if (iterations > most) iterations = most;

  BasicBlock* chunk = BasicBlock::Create(context, "baton.chunk", function, header);
  BasicBlock* check = BasicBlock::Create(context, "baton.check", function, exit);
  BasicBlock* poll = BasicBlock::Create(context, "baton.poll", function, exit);
  loop.preheader->getTerminator()->replaceSuccessorWith(header, chunk);

  // What the loop carries, it carries through the chunks.
  IRBuilder<> builder(chunk);
  Value* start = nullptr;
  for (PHINode& phi : header->phis()) {
    PHINode* outer = builder.CreatePHI(phi.getType(), 2);
    outer->addIncoming(phi.getIncomingValueForBlock(loop.preheader), loop.preheader);
    outer->addIncoming(phi.getIncomingValueForBlock(latch), poll);
    const int index = phi.getBasicBlockIndex(loop.preheader);
    phi.setIncomingBlock(static_cast<unsigned>(index), chunk);
    phi.setIncomingValue(static_cast<unsigned>(index), outer);
    if (&phi == loop.counter) start = outer;
  }
  builder.SetCurrentDebugLocation(loop.back->getDebugLoc());
  Value* counted = loop.condition->getOperand(loop.counted_operand);
  Value* bound = loop.condition->getOperand(1 - loop.counted_operand);
  Value* end = end_of_chunk(loop, start, bound, iterations, builder);
  builder.CreateBr(header);

  // The loop's own condition, once in a chunk.
  builder.SetInsertPoint(check);
  Value* goes_on = builder.CreateICmp(loop.pred, counted, bound);
  builder.CreateCondBr(goes_on, poll, exit);
  exit->replacePhiUsesWith(latch, check);
  builder.SetInsertPoint(poll);
  Instruction* before = builder.CreateBr(chunk);

  // Equality ends the chunk exactly; an order needs its own kind, which ends at the bound too.
  loop.condition->setOperand(1 - loop.counted_operand, end);
  loop.back->setSuccessor(exit_index, check);
  return before;
}

}  // namespace baton
