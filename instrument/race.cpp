// SPDX-License-Identifier: Apache-2.0
#include "instrument/race.h"

#include "instrument/abi.h"
#include "instrument/atomics.h"
#include "instrument/calls.h"
#include "instrument/counters.h"
#include "instrument/eliminate/eliminate.h"
#include "instrument/func_context.h"
#include "instrument/memory_access.h"
#include "instrument/options.h"
#include "instrument/recursion.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/AttributeMask.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Verifier.h"

namespace baton {

using namespace llvm;

namespace {

// On each function that has been instrumented.
constexpr char kInstrumented[] = "baton-instrumented";

bool is_out_of_bounds(const Function& function) {
  return function.hasFnAttribute(Attribute::DisableSanitizerInstrumentation) ||
         function.hasFnAttribute(Attribute::Naked) || function.getName().starts_with(kOwnPrefix);
}

// The body of an available_externally function is not emitted; a coroutine that has not been split yet is not a
// function that returns once.
bool should_instrument(const Function& function) {
  return !function.isDeclaration() && !is_out_of_bounds(function) && !function.hasAvailableExternallyLinkage() &&
         !function.isPresplitCoroutine() && !function.hasFnAttribute(kInstrumented);
}

// What is to be done in one function.
struct Plan {
  SmallVector<Access, 32> accesses;
  SmallVector<AtomicOperation, 8> atomics;
  SmallVector<CallBase*, 4> guards;
  bool has_real_call = false;

  bool is_empty() const { return accesses.empty() && atomics.empty() && guards.empty() && !has_real_call; }
};

Plan make_plan(Function& function, Publication* publication) {
  Plan plan;
  AddressFilter filter(publication);
  for (BasicBlock& block : function) {
    for (Instruction& instruction : block) {
      if (option_accesses) collect_accesses(instruction, filter, plan.accesses);
      if (option_atomics) collect_atomic(instruction, filter, plan.atomics);
      if (auto* call = dyn_cast<CallBase>(&instruction)) {
        if (option_atomics && is_guard_call(*call)) plan.guards.push_back(call);
        if (is_real_call(*call)) plan.has_real_call = true;
      }
    }
  }
  return plan;
}

// What was true of the code before it called the detector, and is false now. Later passes believe attributes.
AttributeMask broken_promises() {
  AttributeMask mask;
  for (Attribute::AttrKind kind : {Attribute::Memory, Attribute::NoSync, Attribute::NoFree, Attribute::Speculatable,
                                   Attribute::WillReturn, Attribute::NoCallback}) {
    mask.addAttribute(kind);
  }
  return mask;
}

// The same for pointer parameters: they are handed to the detector.
AttributeMask broken_parameter_promises() {
  AttributeMask mask;
  for (Attribute::AttrKind kind :
       {Attribute::NoCapture, Attribute::ReadNone, Attribute::ReadOnly, Attribute::WriteOnly, Attribute::NoFree}) {
    mask.addAttribute(kind);
  }
  return mask;
}

void set_attributes(Function& function) {
  function.addFnAttr(kInstrumented);
  function.addFnAttr("frame-pointer", "all");
  function.addFnAttr("disable-tail-calls", "true");
  function.removeFnAttrs(broken_promises());
  for (Argument& argument : function.args())
    function.removeParamAttrs(argument.getArgNo(), broken_parameter_promises());
}

// After the call of a function that may be instrumented nothing may be assumed of it that its code no longer keeps:
// it reads and writes __baton_ctx and the detector's memory. Functions of the C library are not instrumented, and code
// generation picks instructions by their attributes (sqrt).
void correct_calls(Function& function, const TargetLibraryInfo& library) {
  AttributeMask promises = broken_promises();
  AttributeMask parameter_promises = broken_parameter_promises();
  for (BasicBlock& block : function) {
    for (Instruction& instruction : block) {
      auto* call = dyn_cast<CallBase>(&instruction);
      if (!call) continue;
      if (auto* plain = dyn_cast<CallInst>(call); plain && plain->isTailCall() && !plain->isMustTailCall()) {
        plain->setTailCall(false);
      }
      LibFunc known;
      if (!is_real_call(*call) || call->isInlineAsm() || library.getLibFunc(*call, known)) continue;
      call->removeFnAttrs(promises);
      for (unsigned i = 0; i < call->arg_size(); i++) call->removeParamAttrs(i, parameter_promises);
      if (Function* callee = call->getCalledFunction(); callee && callee->isDeclaration()) {
        callee->removeFnAttrs(promises);
        for (unsigned i = 0; i < callee->arg_size(); i++) callee->removeParamAttrs(i, parameter_promises);
      }
    }
  }
}

bool instrument(Function& function, const Recursion& recursion, Eliminator* eliminator, Publication* publication,
                Abi& abi, const TargetLibraryInfo& library) {
  Plan plan = make_plan(function, publication);
  if (plan.is_empty()) return false;
  if (eliminator) eliminator->run(function, plan.accesses);
  ++counters::functions;
  // The context goes first: what is inserted later is not looked at as if it were the user's.
  Value* context = option_contexts ? insert_context(function, recursion, abi) : ConstantInt::get(abi.size_type(), 0);
  for (const Access& access : plan.accesses) insert_check(access, abi, context);
  for (const AtomicOperation& operation : plan.atomics) insert_atomic(operation, abi, context);
  for (CallBase* call : plan.guards) insert_guard_edge(*call, abi);
  set_attributes(function);
  correct_calls(function, library);
  return true;
}

}  // namespace

PreservedAnalyses RaceMarkPass::run(Module& module, ModuleAnalysisManager&) {
  for (Function& function : module) {
    if (!function.isDeclaration() && !is_out_of_bounds(function)) function.addFnAttr(Attribute::SanitizeThread);
  }
  return PreservedAnalyses::none();
}

PreservedAnalyses RacePass::run(Module& module, ModuleAnalysisManager& analyses) {
  auto& function_analyses = analyses.getResult<FunctionAnalysisManagerModuleProxy>(module).getManager();
  Abi abi(module);
  Recursion recursion(module);  // of the user's calls: before any of ours is there
  std::optional<Eliminator> eliminator;
  std::optional<Publication> publication;
  bool has_changed = false;
  for (Function& function : module) {
    if (function.isDeclaration()) continue;
    if (!should_instrument(function)) {
      ++counters::skipped_functions;
      continue;
    }
    const TargetLibraryInfo& library = function_analyses.getResult<TargetLibraryAnalysis>(function);
    if (eliminate_ && !eliminator) eliminator.emplace(module, function_analyses, library);
    if (eliminate_ && option_publication && !publication) publication.emplace(library);
    has_changed |= instrument(function, recursion, eliminator ? &*eliminator : nullptr,
                              publication ? &*publication : nullptr, abi, library);
  }
  if (has_changed) abi.require_version();
  if (option_verify && verifyModule(module, &errs()))
    report_fatal_error("baton: race instrumentation broke the module");
  if (option_stats || counters::are_wanted()) {
    errs() << "baton: checks in " << module.getSourceFileName() << "\n";
    counters::print(errs());
  }
  return has_changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
}

}  // namespace baton
