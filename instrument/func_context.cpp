// SPDX-License-Identifier: Apache-2.0
#include "instrument/func_context.h"

#include "instrument/abi_names.h"
#include "instrument/calls.h"
#include "instrument/counters.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"

namespace baton {

using namespace llvm;

namespace {

// Where the stores go; all are inserted before the instruction named here.
struct StorePoints {
  bool has_real_call = false;
  SmallVector<Instruction*, 8> restore;  // of the caller's context
  SmallVector<Instruction*, 8> again;    // of this function's context
  SmallVector<Instruction*, 4> deeper;   // of the context for a recursive call
};

// The instruction after `call` on the path on which it returns.
Instruction* after(CallBase& call) {
  if (auto* invoke = dyn_cast<InvokeInst>(&call)) return &*invoke->getNormalDest()->getFirstInsertionPt();
  return call.getNextNode();
}

StorePoints find_store_points(Function& function, const Recursion& recursion) {
  StorePoints points;
  for (BasicBlock& block : function) {
    CallInst* musttail = block.getTerminatingMustTailCall();
    if (musttail) points.restore.push_back(musttail);
    for (Instruction& instruction : block) {
      if (isa<ReturnInst>(instruction) ? !musttail : isa<ResumeInst>(instruction)) {
        points.restore.push_back(&instruction);
      } else if (isa<LandingPadInst>(instruction)) {
        points.again.push_back(instruction.getNextNode());
      } else if (auto* call = dyn_cast<CallBase>(&instruction)) {
        if (call != musttail && is_real_call(*call)) points.has_real_call = true;
        bool is_recursive = call != musttail && recursion.stays_in_cycle(*call);
        if (is_recursive) points.deeper.push_back(call);
        if (is_recursive || call->hasFnAttr(Attribute::ReturnsTwice)) points.again.push_back(after(*call));
      }
    }
  }
  return points;
}

// The context of this function: a hash of the caller's and the return address, over the caller's depth in a cycle of
// calls if this function is part of one, over 0 otherwise.
Value* compute_context(IRBuilder<>& entry, Value* saved, bool is_recursive) {
  Type* type = saved->getType();
  Value* return_address = entry.CreateIntrinsic(Intrinsic::returnaddress, {}, {entry.getInt32(0)});
  // The product spreads the address over the upper bits; the lower ones are dropped.
  Value* hash = entry.CreateMul(entry.CreateAdd(saved, entry.CreatePtrToInt(return_address, type)),
                                entry.getInt64(abi::kContextMultiplier), "baton.hash");
  Value* context = entry.CreateAnd(hash, entry.getInt64(~abi::kContextDepthMask), "baton.context");
  if (!is_recursive) return context;
  Value* depth = entry.CreateAnd(saved, entry.getInt64(abi::kContextDepthMask), "baton.depth");
  return entry.CreateOr(context, depth, "baton.context");
}

// What a recursive call finds in __baton_ctx.
Value* compute_deeper(IRBuilder<>& entry, Value* saved, Value* context) {
  Value* depth = entry.CreateAnd(context, entry.getInt64(abi::kContextDepthMask));
  Value* is_deep = entry.CreateICmpUGE(depth, entry.getInt64(abi::kContextMaxDepth));
  return entry.CreateSelect(is_deep, saved, entry.CreateAdd(context, entry.getInt64(1)), "baton.deeper");
}

}  // namespace

Value* insert_context(Function& function, const Recursion& recursion, Abi& abi) {
  StorePoints points = find_store_points(function, recursion);
  GlobalVariable* slot = abi.context();
  Type* type = abi.size_type();

  // No debug location: this is part of the prologue, and a breakpoint on the function goes after it.
  IRBuilder<> entry(&*function.getEntryBlock().getFirstNonPHIOrDbgOrAlloca());
  Value* saved = entry.CreateLoad(type, slot, "baton.saved");
  Value* context = compute_context(entry, saved, recursion.is_recursive(function));
  if (!points.has_real_call) return context;

  ++counters::contexts;
  entry.CreateStore(context, slot);
  // In this order: a point may be in both lists, and the function is left after it.
  for (Instruction* point : points.again) BuilderAt(point, *point).CreateStore(context, slot);
  for (Instruction* point : points.restore) BuilderAt(point, *point).CreateStore(saved, slot);
  if (!points.deeper.empty()) {
    Value* deeper = compute_deeper(entry, saved, context);
    for (Instruction* point : points.deeper) BuilderAt(point, *point).CreateStore(deeper, slot);
  }
  return context;
}

}  // namespace baton
