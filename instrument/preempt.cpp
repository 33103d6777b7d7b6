// SPDX-License-Identifier: Apache-2.0
#include "instrument/preempt.h"

#include <algorithm>

#include "instrument/calls.h"
#include "instrument/counters.h"
#include "instrument/options.h"
#include "instrument/strip_mine.h"
#include "llvm/Analysis/AssumptionCache.h"
#include "llvm/Analysis/CFG.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/Analysis/ScalarEvolution.h"
#include "llvm/IR/AttributeMask.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/LoopSimplify.h"

namespace baton {

using namespace llvm;

namespace {

constexpr char kNoPreempt[] = "baton-no-preempt";
constexpr char kAnnotation[] = "baton_no_preempt";
constexpr char kPolled[] = "baton-polled";  // on each function that has been dealt with

// So many instructions may go by without a poll: some ten microseconds.
constexpr std::uint64_t kBudget = 32768;
// A loop with a longer body does not feel a poll.
constexpr std::uint64_t kShortBody = 64;

bool is_out_of_bounds(const Function& function) {
  return function.hasFnAttribute(Attribute::DisableSanitizerInstrumentation) ||
         function.hasFnAttribute(Attribute::Naked) || function.hasFnAttribute(kNoPreempt) ||
         function.hasFnAttribute(kPolled) || function.isPresplitCoroutine() ||
         function.hasAvailableExternallyLinkage() || function.getName().starts_with(kOwnPrefix);
}

// The byte and the function, declared in the module.
class Abi {
 public:
  explicit Abi(Module& module) : module_(module) {}

  void insert_poll(Instruction* position) {
    LLVMContext& context = module_.getContext();
    IRBuilder<> builder(position);
    auto* byte_type = builder.getInt8Ty();
    LoadInst* byte = builder.CreateAlignedLoad(byte_type, builder.CreateThreadLocalAddress(byte_of_thread()), Align(1));
    byte->setAtomic(AtomicOrdering::Monotonic);
    // Neither an access of the program nor synchronisation.
    byte->setMetadata(LLVMContext::MD_nosanitize, MDNode::get(context, {}));
    Value* is_set = builder.CreateICmpNE(byte, builder.getInt8(0));
    MDNode* rarely = MDBuilder(context).createBranchWeights(1, (1U << 20) - 1);
    Instruction* then = SplitBlockAndInsertIfThen(is_set, position, /*Unreachable=*/false, rarely);
    builder.SetInsertPoint(then);
    builder.SetCurrentDebugLocation(position->getDebugLoc());
    CallInst* call = builder.CreateCall(give_way());
    call->setCallingConv(CallingConv::PreserveAll);
    call->setDoesNotThrow();
    ++counters::polls;
  }

 private:
  GlobalVariable* byte_of_thread() {
    if (auto* existing = module_.getNamedGlobal(kPollByte)) return existing;
    // In an executable the offset is a constant; a shared library gets it from the dynamic linker.
    const bool is_executable = module_.getPICLevel() == PICLevel::NotPIC || module_.getPIELevel() != PIELevel::Default;
    const auto model = is_executable ? GlobalValue::LocalExecTLSModel : GlobalValue::InitialExecTLSModel;
    auto* byte = new GlobalVariable(module_, Type::getInt8Ty(module_.getContext()), /*isConstant=*/false,
                                    GlobalValue::ExternalLinkage, nullptr, kPollByte, nullptr, model);
    byte->setDSOLocal(is_executable);
    return byte;
  }

  Function* give_way() {
    if (Function* existing = module_.getFunction(kPreempt)) return existing;
    auto* type = FunctionType::get(Type::getVoidTy(module_.getContext()), false);
    Function* function = Function::Create(type, GlobalValue::ExternalLinkage, kPreempt, module_);
    function->setCallingConv(CallingConv::PreserveAll);
    function->setDoesNotThrow();
    return function;
  }

  Module& module_;
};

// What is to be done in one function. Positions are instructions, which stay when blocks are split.
struct Plan {
  SmallVector<Instruction*, 8> polls;                              // before these
  SmallVector<std::pair<BranchInst*, unsigned>, 8> polls_on_ways;  // where these branches go to their nth successor
  SmallVector<std::pair<CountedLoop, std::uint64_t>, 4> chunks;
};

class Planner {
 public:
  Planner(LoopInfo& loops, ScalarEvolution& evolution, bool may_chunk)
      : loops_(loops), evolution_(evolution), may_chunk_(may_chunk) {}

  Plan make_plan(Function& function) {
    for (Loop* loop : loops_) visit(*loop);
    // Cycles that are no loops, as gotos make them.
    SmallVector<std::pair<const BasicBlock*, const BasicBlock*>, 4> edges;
    FindFunctionBackedges(function, edges);
    SmallPtrSet<const BasicBlock*, 4> polled;
    for (auto [from, to] : edges) {
      if (loops_.isLoopHeader(to) || !polled.insert(to).second) continue;
      poll_at_start(const_cast<BasicBlock*>(to));
    }
    return std::move(plan_);
  }

 private:
  // Returns at most how many instructions the loop runs before it ends or polls, kBudget if that is not known.
  std::uint64_t visit(Loop& loop) {
    std::uint64_t body = 0;
    bool calls = false;
    bool takes_thread_local = false;
    for (Loop* inner : loop) body += visit(*inner);
    for (BasicBlock* block : loop.blocks()) {
      const bool is_own = loops_.getLoopFor(block) == &loop;
      for (Instruction& instruction : *block) {
        if (is_own && !isa<DbgInfoIntrinsic>(instruction)) body++;
        auto* call = dyn_cast<CallBase>(&instruction);
        if (!call) continue;
        if (returns_thread_local(*call)) takes_thread_local = true;
        if (is_own && is_real_call(*call)) calls = true;
      }
    }
    const std::uint64_t trips = evolution_.getSmallConstantMaxTripCount(&loop);
    if (trips != 0 && !calls && body < kBudget && trips * body < kBudget) {
      ++counters::short_loops;
      return trips * body;
    }
    const BasicBlock* latch = loop.getLoopLatch();
    poll(loop, body, calls, takes_thread_local || (latch && may_unlock(*latch)));
    return kBudget;
  }

  // Whether the block may take or give up a lock of any kind.
  static bool may_unlock(const BasicBlock& block) {
    return any_of(block, [](const Instruction& instruction) {
      if (const auto* call = dyn_cast<CallBase>(&instruction)) return is_real_call(*call);
      return instruction.isAtomic();
    });
  }

  void poll(Loop& loop, std::uint64_t body, bool calls, bool at_end) {
    if (may_chunk_ && !calls && !at_end && body <= kShortBody) {
      if (std::optional<CountedLoop> counted = find_counted_loop(loop)) {
        plan_.chunks.push_back({*counted, kBudget / std::max<std::uint64_t>(body, 1)});
        return;
      }
    }
    SmallVector<BasicBlock*, 4> latches;
    loop.getLoopLatches(latches);
    const auto is_branch = [](const BasicBlock* latch) { return isa<BranchInst>(latch->getTerminator()); };
    if (at_end && all_of(latches, is_branch)) {
      for (BasicBlock* latch : latches) poll_on_way(cast<BranchInst>(latch->getTerminator()), loop.getHeader());
    } else {
      poll_at_start(latches.size() == 1 && !at_end ? latches[0] : loop.getHeader());
    }
  }

  void poll_on_way(BranchInst* branch, const BasicBlock* header) {
    if (branch->isUnconditional() || branch->getSuccessor(0) == branch->getSuccessor(1)) {
      plan_.polls.push_back(branch);
    } else {
      plan_.polls_on_ways.push_back({branch, branch->getSuccessor(0) == header ? 0U : 1U});
    }
  }

  void poll_at_start(BasicBlock* block) {
    auto position = block->getFirstInsertionPt();
    if (position != block->end()) plan_.polls.push_back(&*position);
  }

  LoopInfo& loops_;
  ScalarEvolution& evolution_;
  bool may_chunk_;
  Plan plan_;
};

// Gives innermost loops an entry and ways out of their own, which the last passes over blocks have taken away: so more
// of them can be strip-mined. Keeps the analyses that are used here. Returns whether anything has changed.
bool simplify_loops(Function& function, FunctionAnalysisManager& analyses) {
  bool has_changed = false;
  auto& loops = analyses.getResult<LoopAnalysis>(function);
  for (Loop* loop : loops.getLoopsInPreorder()) {
    if (!loop->isInnermost()) continue;
    has_changed |= simplifyLoop(loop, &analyses.getResult<DominatorTreeAnalysis>(function), &loops,
                                &analyses.getResult<ScalarEvolutionAnalysis>(function),
                                &analyses.getResult<AssumptionAnalysis>(function), nullptr, /*PreserveLCSSA=*/false);
  }
  return has_changed;
}

}  // namespace

PreservedAnalyses PreemptMarkPass::run(Module& module, ModuleAnalysisManager&) {
  auto* annotations = module.getNamedGlobal("llvm.global.annotations");
  auto* list =
      annotations && annotations->hasInitializer() ? dyn_cast<ConstantArray>(annotations->getInitializer()) : nullptr;
  if (!list) return PreservedAnalyses::all();
  for (Value* entry : list->operands()) {
    auto* fields = cast<ConstantStruct>(entry);
    auto* function = dyn_cast<Function>(fields->getOperand(0)->stripPointerCasts());
    auto* text = dyn_cast<GlobalVariable>(fields->getOperand(1)->stripPointerCasts());
    auto* string = text && text->hasInitializer() ? dyn_cast<ConstantDataSequential>(text->getInitializer()) : nullptr;
    if (!function || !string || !string->isCString() || string->getAsCString() != kAnnotation) continue;
    function->addFnAttr(kNoPreempt);
    if (!function->hasFnAttribute(Attribute::AlwaysInline)) function->addFnAttr(Attribute::NoInline);
  }
  return PreservedAnalyses::none();
}

PreservedAnalyses PreemptPass::run(Module& module, ModuleAnalysisManager& analyses) {
  auto& function_analyses = analyses.getResult<FunctionAnalysisManagerModuleProxy>(module).getManager();
  Abi abi(module);
  bool has_changed = false;
  for (Function& function : module) {
    if (function.isDeclaration() || is_out_of_bounds(function)) continue;
    // The race instrumentation wants loops as they are.
    const bool may_chunk = !option_race && !function.hasOptNone();
    const bool is_simplified = may_chunk && simplify_loops(function, function_analyses);
    Planner planner(function_analyses.getResult<LoopAnalysis>(function),
                    function_analyses.getResult<ScalarEvolutionAnalysis>(function), may_chunk);
    Plan plan = planner.make_plan(function);
    if (plan.polls.empty() && plan.polls_on_ways.empty() && plan.chunks.empty()) {
      if (is_simplified) function_analyses.invalidate(function, PreservedAnalyses::none());
      has_changed |= is_simplified;
      continue;
    }
    for (auto& [loop, iterations] : plan.chunks) {
      abi.insert_poll(strip_mine(loop, iterations));
      ++counters::poll_chunks;
    }
    for (Instruction* position : plan.polls) abi.insert_poll(position);
    for (auto [branch, n] : plan.polls_on_ways) {
      BasicBlock* between = SplitEdge(branch->getParent(), branch->getSuccessor(n));
      between->getTerminator()->setDebugLoc(branch->getDebugLoc());
      between->getTerminator()->setMetadata(LLVMContext::MD_loop, branch->getMetadata(LLVMContext::MD_loop));
      branch->setMetadata(LLVMContext::MD_loop, nullptr);
      abi.insert_poll(between->getTerminator());
    }
    function.addFnAttr(kPolled);
    // It may wait for others at a poll.
    AttributeMask broken;
    for (Attribute::AttrKind kind :
         {Attribute::Memory, Attribute::NoSync, Attribute::WillReturn, Attribute::Speculatable})
      broken.addAttribute(kind);
    function.removeFnAttrs(broken);
    function_analyses.invalidate(function, PreservedAnalyses::none());
    has_changed = true;
  }
  if (option_verify && verifyModule(module, &errs())) report_fatal_error("baton: polls broke the module");
  return has_changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
}

}  // namespace baton
