// SPDX-License-Identifier: Apache-2.0
#include "instrument/address_filter.h"

#include "instrument/calls.h"
#include "instrument/counters.h"
#include "instrument/library.h"
#include "instrument/options.h"
#include "llvm/Analysis/CaptureTracking.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/Instructions.h"

namespace baton {

using namespace llvm;

namespace {

// Uses of one stack object that are looked at before it counts as captured; LLVM's own limit suits passes that run
// many times.
constexpr unsigned kMaxUses = 1000;

// Steps of arithmetic from an address towards its object; a limit, because in unreachable code an address may be
// computed from itself.
constexpr unsigned kMaxSteps = 100;

bool is_profile_counter(const GlobalVariable& global) {
  StringRef name = global.getName();
  return global.getSection().contains("__llvm_prf") || global.getSection().starts_with("llvm.") ||
         name.starts_with("__llvm_prf") || name.starts_with("__profc_") || name.starts_with("__profd_") ||
         name.starts_with("__llvm_gcov") || name.starts_with("__llvm_gcda") || name.starts_with("llvm.");
}

}  // namespace

TrackingStatistic* AddressFilter::reason_to_skip(const Instruction& instruction, const Value* address) {
  if (instruction.hasMetadata(LLVMContext::MD_nosanitize)) return &counters::skipped_nosanitize;
  if (address->getType()->getPointerAddressSpace() != 0) return &counters::skipped_address_space;
  if (instruction.hasMetadata(LLVMContext::MD_invariant_load)) return &counters::skipped_invariant;
  if (address->getType()->isVectorTy()) return nullptr;
  if (address->isSwiftError()) return &counters::skipped_swifterror;

  SmallVector<const Value*, 4> objects;
  getUnderlyingObjects(address, objects, nullptr, kMaxSteps);
  TrackingStatistic* reason = nullptr;
  for (const Value* object : objects) {
    if (objects.size() > 1 && isa<ConstantPointerNull>(object)) continue;  // the other, if there is an access
    reason = reason_of_object(instruction, object);
    if (!reason) return nullptr;
  }
  return reason;
}

TrackingStatistic* AddressFilter::reason_of_object(const Instruction& instruction, const Value* object) {
  if (const auto* global = dyn_cast<GlobalVariable>(object)) {
    if (global->isThreadLocal()) return &counters::skipped_thread_local;
    if (is_profile_counter(*global)) return &counters::skipped_profile;
    if (global->isConstant()) return &counters::skipped_constant;
    return nullptr;
  }
  if (const auto* load = dyn_cast<LoadInst>(object)) {
    const MDNode* type = load->getMetadata(LLVMContext::MD_tbaa);
    return type && type->isTBAAVtableAccess() ? &counters::skipped_vtable : nullptr;
  }
  if (const auto* call = dyn_cast<CallBase>(object)) {
    if (returns_thread_local(*call)) return &counters::skipped_thread_local;
    const Function* callee = call->getCalledFunction();
    if (!publication_ || !callee || !callee->isDeclaration() || !is_allocation(callee->getName())) return nullptr;
    if (publication_->may_happen(*call) || publication_->may_be_freed(*call, instruction)) return nullptr;
    return &counters::skipped_fresh;
  }
  const auto* argument = dyn_cast<Argument>(object);
  bool is_on_own_stack = isa<AllocaInst>(object) || (argument && argument->hasByValAttr());
  return is_on_own_stack && !may_be_captured(object) ? &counters::skipped_not_captured : nullptr;
}

bool AddressFilter::may_be_captured(const Value* object) {
  auto [entry, is_new] = captured_.try_emplace(object, true);
  if (is_new) {
    entry->second = PointerMayBeCaptured(object, /*ReturnCaptures=*/true, /*StoreCaptures=*/true, kMaxUses) &&
                    !(publication_ && isa<AllocaInst>(object) && !publication_->may_happen(*object));
  }
  return entry->second;
}

}  // namespace baton
