// SPDX-License-Identifier: Apache-2.0
#include "instrument/eliminate/sync_summary.h"

#include "instrument/calls.h"
#include "instrument/library.h"
#include "llvm/ADT/SCCIterator.h"
#include "llvm/Analysis/CFG.h"
#include "llvm/Analysis/CallGraph.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"

namespace baton {

using namespace llvm;

namespace {

constexpr Effects kNone{false, false, true};
constexpr Effects kNoneButMayThrow{false, false, false};

bool is_acquire(AtomicOrdering order) { return isAcquireOrStronger(order); }
bool is_release(AtomicOrdering order) { return isReleaseOrStronger(order); }

Effects of_intrinsic(const IntrinsicInst& call) {
  if (isa<AnyMemIntrinsic>(call)) return kNone;
  switch (call.getIntrinsicID()) {
    case Intrinsic::eh_typeid_for:
    case Intrinsic::stacksave:
    case Intrinsic::stackrestore:
    case Intrinsic::threadlocal_address:
      return kNone;
    default:
      break;
  }
  if (!call.hasFnAttr(Attribute::NoSync)) return {};
  return {false, false, call.doesNotThrow() && call.willReturn()};
}

}  // namespace

SyncSummary::SyncSummary(Module& module, const TargetLibraryInfo& library) : library_(library) {
  CallGraph calls(module);
  for (auto component = scc_begin(&calls); !component.isAtEnd(); ++component) {
    // Within a cycle of calls each adds nothing to what the others do, except that it may not end.
    bool is_cycle = component.hasCycle();
    for (const CallGraphNode* node : *component) {
      const Function* function = node->getFunction();
      if (function && !function->isDeclaration()) functions_[function] = kNoneButMayThrow;
    }
    Effects all = kNone;
    for (const CallGraphNode* node : *component) {
      const Function* function = node->getFunction();
      if (!function || function->isDeclaration()) continue;
      Effects body = of_body(*function);
      all.may_acquire |= body.may_acquire;
      all.may_release |= body.may_release;
      all.surely_continues &= body.surely_continues;
    }
    all.surely_continues &= !is_cycle;
    for (const CallGraphNode* node : *component) {
      const Function* function = node->getFunction();
      if (function && !function->isDeclaration()) functions_[function] = all;
    }
  }
}

Effects SyncSummary::of_body(const Function& function) const {
  if (function.isInterposable() || function.isPresplitCoroutine()) return {};
  Effects result = kNone;
  for (const BasicBlock& block : function) {
    for (const Instruction& instruction : block) {
      Effects effects = of(instruction);
      result.may_acquire |= effects.may_acquire;
      result.may_release |= effects.may_release;
      result.surely_continues &= effects.surely_continues;
    }
    const Instruction* end = block.getTerminator();
    if (isa<UnreachableInst>(end) || isa<ResumeInst>(end)) result.surely_continues = false;
    if (result.orders() && !result.surely_continues) return {result.may_acquire, result.may_release, false};
  }
  if (result.surely_continues && !function.hasFnAttribute(Attribute::WillReturn)) {
    SmallVector<std::pair<const BasicBlock*, const BasicBlock*>, 4> back_edges;
    FindFunctionBackedges(function, back_edges);
    result.surely_continues = back_edges.empty();
  }
  return result;
}

Effects SyncSummary::of_call(const CallBase& call) const {
  if (const auto* intrinsic = dyn_cast<IntrinsicInst>(&call)) return of_intrinsic(*intrinsic);
  if (const auto* assembly = dyn_cast<InlineAsm>(call.getCalledOperand())) {
    return assembly->getAsmString().empty() ? kNone : Effects{};
  }
  if (call.hasFnAttr(Attribute::ReturnsTwice)) return {};
  const Function* callee = call.getCalledFunction();
  if (!callee) return {};
  if (!callee->isDeclaration()) {
    auto known = functions_.find(callee);
    if (known == functions_.end()) return {};
    Effects effects = known->second;
    effects.surely_continues &= call.doesNotThrow() || callee->doesNotThrow();
    return effects;
  }
  StringRef name = callee->getName();
  if (name.starts_with(kAccessorPrefix) || is_thread_identity(*callee)) return kNone;
  if (name == kPreempt) return kNone;  // giving way to other goroutines orders nothing
  if (is_cpp_library_function(*callee)) return call.doesNotThrow() ? kNone : kNoneButMayThrow;
  LibFunc function;
  if (!library_.getLibFunc(*callee, function)) return {};
  if (is_plain_library_function(name)) return kNone;
  if (is_allocation(name)) return name.starts_with("_Z") ? kNoneButMayThrow : kNone;
  return {};
}

Effects SyncSummary::of(const Instruction& instruction) const {
  if (const auto* call = dyn_cast<CallBase>(&instruction)) return of_call(*call);
  Effects effects = kNone;
  switch (instruction.getOpcode()) {
    case Instruction::Load:
      effects.may_acquire = is_acquire(cast<LoadInst>(instruction).getOrdering());
      effects.may_release = false;
      break;
    case Instruction::Store:
      effects.may_acquire = false;
      effects.may_release = is_release(cast<StoreInst>(instruction).getOrdering());
      break;
    case Instruction::AtomicRMW:
      effects.may_acquire = is_acquire(cast<AtomicRMWInst>(instruction).getOrdering());
      effects.may_release = is_release(cast<AtomicRMWInst>(instruction).getOrdering());
      break;
    case Instruction::AtomicCmpXchg:
      effects.may_acquire = is_acquire(cast<AtomicCmpXchgInst>(instruction).getMergedOrdering());
      effects.may_release = is_release(cast<AtomicCmpXchgInst>(instruction).getMergedOrdering());
      break;
    case Instruction::Fence:
      effects.may_acquire = is_acquire(cast<FenceInst>(instruction).getOrdering());
      effects.may_release = is_release(cast<FenceInst>(instruction).getOrdering());
      break;
    default:
      effects.surely_continues = instruction.isTerminator() || isGuaranteedToTransferExecutionToSuccessor(&instruction);
      break;
  }
  return effects;
}

}  // namespace baton
