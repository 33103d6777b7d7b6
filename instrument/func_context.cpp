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
};

// The instruction after `call` on the path on which it returns.
Instruction* after(CallBase& call) {
  if (auto* invoke = dyn_cast<InvokeInst>(&call)) return &*invoke->getNormalDest()->getFirstInsertionPt();
  return call.getNextNode();
}

StorePoints find_store_points(Function& function) {
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
        if (call->hasFnAttr(Attribute::ReturnsTwice)) points.again.push_back(after(*call));
      }
    }
  }
  return points;
}

}  // namespace

Value* insert_context(Function& function, Abi& abi) {
  StorePoints points = find_store_points(function);
  GlobalVariable* slot = abi.context();
  Type* type = abi.size_type();

  // No debug location: this is part of the prologue, and a breakpoint on the function goes after it.
  IRBuilder<> entry(&*function.getEntryBlock().getFirstNonPHIOrDbgOrAlloca());
  Value* saved = entry.CreateLoad(type, slot, "baton.saved");
  Value* return_address = entry.CreateIntrinsic(Intrinsic::returnaddress, {}, {entry.getInt32(0)});
  Value* context = entry.CreateAdd(entry.CreateMul(saved, entry.getInt64(abi::kContextMultiplier)),
                                   entry.CreatePtrToInt(return_address, type), "baton.context");
  if (!points.has_real_call) return context;

  ++counters::contexts;
  entry.CreateStore(context, slot);
  // In this order: a point may be in both lists, and the function is left after it.
  for (Instruction* point : points.again) BuilderAt(point, *point).CreateStore(context, slot);
  for (Instruction* point : points.restore) BuilderAt(point, *point).CreateStore(saved, slot);
  return context;
}

}  // namespace baton
