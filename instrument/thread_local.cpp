// SPDX-License-Identifier: Apache-2.0
#include "instrument/thread_local.h"

#include "instrument/calls.h"
#include "instrument/counters.h"
#include "instrument/options.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/ReplaceConstant.h"
#include "llvm/IR/Verifier.h"

namespace baton {

using namespace llvm;

namespace {

MemoryEffects inaccessible_memory() { return MemoryEffects::inaccessibleMemOnly(ModRefInfo::ModRef); }

bool is_ours(const Function& function) {
  return function.getName().starts_with(kOwnPrefix) || function.hasFnAttribute(Attribute::Naked);
}

// Part (i): the library functions.
bool correct_thread_identities(Module& module) {
  bool has_changed = false;
  for (Function& function : module) {
    if (!function.isDeclaration() || !is_thread_identity(function)) continue;
    function.setMemoryEffects(inaccessible_memory());
    function.removeFnAttr(Attribute::Speculatable);
    for (User* user : function.users()) {
      if (auto* call = dyn_cast<CallBase>(user); call && call->getCalledOperand() == &function) {
        call->setMemoryEffects(inaccessible_memory());
      }
    }
    has_changed = true;
  }
  return has_changed;
}

// True if taking the address calls the dynamic linker: code that may end up in a shared library.
bool address_needs_call(const Module& module, const GlobalValue& variable) {
  auto model = variable.getThreadLocalMode();
  bool is_fixed_model = model == GlobalValue::InitialExecTLSModel || model == GlobalValue::LocalExecTLSModel;
  return module.getPICLevel() != PICLevel::NotPIC && module.getPIELevel() == PIELevel::Default && !is_fixed_model;
}

// The accessor of `variable`. Where it comes to two instructions it keeps all registers of its caller but the result.
Function* accessor_of(GlobalValue& variable) {
  Module& module = *variable.getParent();
  std::string name = (kAccessorPrefix + variable.getName()).str();
  if (Function* existing = module.getFunction(name)) return existing;
  auto* pointer = PointerType::getUnqual(module.getContext());
  auto* type = FunctionType::get(pointer, false);
  Function* accessor = Function::createWithDefaultAttr(type, GlobalValue::InternalLinkage, 0, name, &module);
  accessor->addFnAttr(Attribute::NoInline);
  accessor->setDoesNotThrow();
  accessor->setMemoryEffects(inaccessible_memory());
  accessor->addRetAttr(Attribute::NonNull);
  if (!address_needs_call(module, variable)) accessor->setCallingConv(CallingConv::PreserveMost);

  IRBuilder<> builder(BasicBlock::Create(module.getContext(), "", accessor));
  auto* nothing = InlineAsm::get(FunctionType::get(builder.getVoidTy(), false), "", "", /*hasSideEffects=*/true);
  CallInst* barrier = builder.CreateCall(nothing);
  barrier->setMemoryEffects(inaccessible_memory());
  barrier->setDoesNotThrow();
  builder.CreateRet(builder.CreateThreadLocalAddress(&variable));
  return accessor;
}

CallInst* call_accessor(GlobalValue& variable, Instruction* position) {
  Function* accessor = accessor_of(variable);
  IRBuilder<> builder(position);
  CallInst* call = builder.CreateCall(accessor);
  call->setCallingConv(accessor->getCallingConv());
  ++counters::thread_local_addresses;
  return call;
}

// Makes every use of a thread-local variable in code go through llvm.threadlocal.address.
void make_addresses_explicit(Module& module) {
  SmallVector<Constant*, 8> variables;
  for (GlobalVariable& variable : module.globals()) {
    if (variable.isThreadLocal() && !variable.getName().starts_with(kOwnPrefix)) variables.push_back(&variable);
  }
  convertUsersOfConstantsToInstructions(variables);
  for (Constant* variable : variables) {
    SmallVector<Use*, 8> uses;
    for (Use& use : variable->uses()) uses.push_back(&use);
    for (Use* use : uses) {
      auto* user = dyn_cast<Instruction>(use->getUser());
      auto* intrinsic = dyn_cast_or_null<IntrinsicInst>(user);
      if (!user || (intrinsic && intrinsic->getIntrinsicID() == Intrinsic::threadlocal_address)) continue;
      Instruction* position = user;
      if (auto* phi = dyn_cast<PHINode>(user)) position = phi->getIncomingBlock(*use)->getTerminator();
      IRBuilder<> builder(position);
      builder.SetCurrentDebugLocation(user->getDebugLoc());
      use->set(builder.CreateThreadLocalAddress(variable));
    }
  }
}

// Part (ii): the variables.
bool use_accessors(Function& function) {
  bool has_changed = false;
  for (BasicBlock& block : function) {
    SmallMapVector<GlobalValue*, CallInst*, 4> known;  // addresses that are valid at this point of the block
    for (Instruction& instruction : make_early_inc_range(block)) {
      auto* call = dyn_cast<CallBase>(&instruction);
      if (!call) continue;
      auto* intrinsic = dyn_cast<IntrinsicInst>(call);
      if (!intrinsic || intrinsic->getIntrinsicID() != Intrinsic::threadlocal_address) {
        if (may_switch(*call)) known.clear();
        continue;
      }
      auto* variable = dyn_cast<GlobalValue>(intrinsic->getArgOperand(0)->stripPointerCasts());
      if (!variable || variable->getName().starts_with(kOwnPrefix)) continue;
      CallInst*& address = known[variable];
      if (!address) address = call_accessor(*variable, intrinsic);
      intrinsic->replaceAllUsesWith(address);
      intrinsic->eraseFromParent();
      has_changed = true;
    }
  }
  return has_changed;
}

bool is_meant_for_lto(const Module& module) {
  return module.getModuleFlag("ThinLTO") || module.getModuleFlag("EnableSplitLTOUnit");
}

bool may_switch_somewhere(const Function& function) {
  return any_of(instructions(function), [](const Instruction& instruction) {
    auto* call = dyn_cast<CallBase>(&instruction);
    return call && may_switch(*call);
  });
}

void verify(Module& module) {
  if (option_verify && verifyModule(module, &errs())) {
    report_fatal_error("baton: the thread-local pass broke the module");
  }
}

}  // namespace

PreservedAnalyses ThreadLocalPass::run(Module& module, ModuleAnalysisManager&) {
  bool has_changed = correct_thread_identities(module);
  make_addresses_explicit(module);
  for (Function& function : module) {
    if (!function.isDeclaration() && !is_ours(function) && use_accessors(function)) has_changed = true;
  }
  verify(module);
  return has_changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
}

PreservedAnalyses ThreadLocalLeafPass::run(Module& module, ModuleAnalysisManager&) {
  if (is_meant_for_lto(module)) return PreservedAnalyses::all();
  SmallVector<Function*, 8> accessors;
  for (Function& function : module) {
    if (function.getName().starts_with(kAccessorPrefix)) accessors.push_back(&function);
  }
  DenseMap<Function*, bool> may_switch_in;
  for (Function* accessor : accessors) {
    auto* result = cast<ReturnInst>(accessor->back().getTerminator())->getReturnValue();
    auto* variable = cast<IntrinsicInst>(result)->getArgOperand(0);
    for (User* user : make_early_inc_range(accessor->users())) {
      auto* call = dyn_cast<CallInst>(user);
      if (!call || call->getCalledOperand() != accessor) continue;
      auto [entry, is_new] = may_switch_in.try_emplace(call->getFunction(), false);
      if (is_new) entry->second = may_switch_somewhere(*call->getFunction());
      if (entry->second) continue;
      IRBuilder<> builder(call);
      call->replaceAllUsesWith(builder.CreateThreadLocalAddress(variable));
      call->eraseFromParent();
      ++counters::thread_local_leaves;
    }
    if (accessor->use_empty()) accessor->eraseFromParent();
  }
  verify(module);
  return accessors.empty() ? PreservedAnalyses::all() : PreservedAnalyses::none();
}

}  // namespace baton
