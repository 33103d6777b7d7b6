// SPDX-License-Identifier: Apache-2.0
#include "instrument/inline_check.h"

#include "instrument/abi.h"
#include "instrument/abi_names.h"
#include "instrument/counters.h"
#include "instrument/options.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Analysis/BlockFrequencyInfo.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Verifier.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/Local.h"

namespace baton {

using namespace llvm;

namespace {

constexpr char kAlignment[] = "baton.align";
constexpr uint64_t kLine = 64;
constexpr uint64_t kWord = 4;

// Checks hit far more often than LLVM's "likely" says; the cold calls shall not weigh in register allocation at all.
constexpr uint32_t kHits = 1u << 20;

// A test with its cold call is 75 bytes, a call alone 10: with tests everywhere, C++ that is no benchmark grew to three
// and a half times its size. Two and a half is what we allow ourselves; what is more goes where it is executed least.
constexpr uint64_t kRarely = 1024;   // a block is cold if it is executed less than once in so many calls
constexpr unsigned kManyChecks = 6;  // more make a function large
constexpr unsigned kMostTests = 12;  // of a large function, unless blocks that are executed equally often have more

// A check as RacePass wrote it.
struct Check {
  CallInst* call;
  uint64_t size;  // 0: `length`
  bool is_write;
  Value* length = nullptr;
  uint64_t mask = 0;  // these bytes, instead of size or length; the address is that of a word

  Value* address() const { return call->getArgOperand(0); }
};

std::optional<Check> check_of(Instruction& instruction) {
  auto* call = dyn_cast<CallInst>(&instruction);
  Function* callee = call ? call->getCalledFunction() : nullptr;
  if (!callee) return std::nullopt;
  for (int i = 0; i < abi::kSizes; i++) {
    if (callee->getName() == abi::kRead[i]) return Check{call, 1ull << i, false};
    if (callee->getName() == abi::kWrite[i]) return Check{call, 1ull << i, true};
  }
  if (callee->getName() == abi::kReadMask || callee->getName() == abi::kWriteMask) {
    uint64_t mask = cast<ConstantInt>(call->getArgOperand(1))->getZExtValue();
    return Check{call, 0, callee->getName() == abi::kWriteMask, nullptr, mask};
  }
  bool is_write = callee->getName() == abi::kWriteRange;
  if (!is_write && callee->getName() != abi::kReadRange) return std::nullopt;
  auto* size = dyn_cast<ConstantInt>(call->getArgOperand(1));
  if (!size) return Check{call, 0, is_write, call->getArgOperand(1)};
  if (size->isZero() || size->getZExtValue() > kLine) return std::nullopt;
  return Check{call, size->getZExtValue(), is_write};
}

uint64_t alignment_of(const Check& check) {
  uint64_t known = check.address()->getPointerAlignment(check.call->getDataLayout()).value();
  if (MDNode* note = check.call->getMetadata(kAlignment)) {
    known = std::max(known, mdconst::extract<ConstantInt>(note->getOperand(0))->getZExtValue());
  }
  return known;
}

// The most words that the access, of constant size, can touch.
uint64_t words_of(const Check& check) {
  uint64_t alignment = std::min(alignment_of(check), kWord);
  return (check.size + kWord - alignment + kWord - 1) / kWord;
}

// The words of the access, one bit for each, from its first one on; for accesses of a known size.
uint32_t known_words(const Check& check) {
  if (!check.mask) return (1u << words_of(check)) - 1;
  uint32_t words = 0;
  for (uint64_t i = 0; i < kLine; i++) words |= static_cast<uint32_t>(check.mask >> i & 1) << i / kWord;
  return words;
}

// Whether the words cannot reach into the next line.
bool is_within_line(const Check& check) {
  if (check.length) return false;
  const uint64_t reach = static_cast<uint64_t>(bit_width(known_words(check))) * kWord;
  return alignment_of(check) >= bit_ceil(reach) || reach == kWord;
}

class Inliner {
 public:
  Inliner(Function& function, bool stores_context)
      : module_(*function.getParent()),
        context_(function.getContext()),
        data_(function.getDataLayout()),
        stores_context_(stores_context),
        // In an executable, what its own libraries define is at a known distance.
        is_local_(module_.getPICLevel() == PICLevel::NotPIC || module_.getPIELevel() != PIELevel::Default) {}

  // Replaces the call. False if the access is too wide for the filter.
  bool expand(const Check& check);
  // Replaces the call by that of the cold function, which asks the filter itself. False as above.
  bool shorten(const Check& check);

 private:
  static bool is_too_wide(const Check& check);
  void call_cold(const Check& check, IRBuilder<>& builder);
  GlobalVariable* global(const char* name, Type* type, GlobalValue::ThreadLocalMode mode);
  FunctionCallee cold_function(const Check& check, bool has_size);

  Module& module_;
  LLVMContext& context_;
  const DataLayout& data_;
  const bool stores_context_;
  const bool is_local_;
};

GlobalVariable* Inliner::global(const char* name, Type* type, GlobalValue::ThreadLocalMode mode) {
  if (GlobalVariable* existing = module_.getGlobalVariable(name)) return existing;
  auto* created = new GlobalVariable(module_, type, false, GlobalValue::ExternalLinkage, nullptr, name, nullptr, mode);
  created->setDSOLocal(is_local_);
  return created;
}

FunctionCallee Inliner::cold_function(const Check& check, bool has_size) {
  std::string name = check.is_write ? abi::kColdWrite : abi::kColdRead;
  name += has_size ? std::to_string(check.size) : check.mask ? "_mask" : "_n";
  if (!stores_context_) name += "_leaf";
  SmallVector<Type*, 2> parameters = {PointerType::getUnqual(context_)};
  if (!has_size) parameters.push_back(Type::getInt64Ty(context_));
  FunctionCallee callee =
      module_.getOrInsertFunction(name, FunctionType::get(Type::getVoidTy(context_), parameters, false));
  auto* function = cast<Function>(callee.getCallee());
  function->setCallingConv(CallingConv::PreserveAll);
  function->addFnAttr(Attribute::NoUnwind);
  function->addFnAttr(Attribute::Cold);
  function->setDSOLocal(is_local_);
  return callee;
}

Value* size_argument(IRBuilder<>& builder, const Check& check) {
  return check.length ? check.length : builder.getInt64(check.mask ? check.mask : check.size);
}

// One bit for each word that must be in the filter, the lowest for the word of the address. More than the line has from
// there on, if the access goes on in the next one.
Value* words_needed(IRBuilder<>& builder, const Check& check) {
  if (!check.length) return builder.getInt32(known_words(check));
  Value* start = builder.CreateAnd(builder.CreatePtrToInt(check.address(), builder.getInt64Ty()), kWord - 1);
  Value* bytes = builder.CreateAdd(builder.CreateAdd(start, builder.getInt64(kWord - 1)), check.length);
  Value* words = builder.CreateTrunc(builder.CreateLShr(bytes, 2), builder.getInt32Ty());
  Value* is_long = builder.CreateICmpUGT(check.length, builder.getInt64(kLine));
  Value* bits = builder.CreateShl(builder.getInt32(1), builder.CreateAnd(words, 31));
  return builder.CreateSelect(is_long, builder.getInt32(~0u), builder.CreateSub(bits, builder.getInt32(1)));
}

bool Inliner::is_too_wide(const Check& check) {
  return check.mask ? alignment_of(check) < kWord : !check.length && words_of(check) > kLine / kWord;
}

void Inliner::call_cold(const Check& check, IRBuilder<>& builder) {
  bool has_size = !check.length && !check.mask && isPowerOf2_64(check.size) && check.size < (1u << abi::kSizes);
  SmallVector<Value*, 2> arguments = {check.address()};
  if (!has_size) arguments.push_back(size_argument(builder, check));
  builder.CreateCall(cold_function(check, has_size), arguments)->setCallingConv(CallingConv::PreserveAll);
}

bool Inliner::shorten(const Check& check) {
  if (is_too_wide(check)) return false;
  BuilderAt builder(check.call, *check.call);
  call_cold(check, builder);
  check.call->eraseFromParent();
  ++counters::cold_checks;
  return true;
}

bool Inliner::expand(const Check& check) {
  if (is_too_wide(check)) return false;
  Type* i16 = Type::getInt16Ty(context_);
  Type* i32 = Type::getInt32Ty(context_);
  Type* i64 = Type::getInt64Ty(context_);
  Type* pointer = PointerType::getUnqual(context_);

  BuilderAt head(check.call, *check.call);
  Value* place = head.CreateLShr(head.CreatePtrToInt(check.address(), i64), 2, "baton.place");
  LoadInst* shadow = head.CreateLoad(pointer, global(abi::kShadow, pointer, GlobalValue::NotThreadLocal));
  shadow->setMetadata(LLVMContext::MD_invariant_load, MDNode::get(context_, {}));
  Value* line = head.CreatePtrAdd(shadow, head.CreateAnd(place, ~15ull), "baton.line");
  // The words before the epoch: race_abi.h.
  LoadInst* filter = head.CreateAlignedLoad(
      i16, head.CreatePtrAdd(line, head.getInt64(check.is_write ? abi::kFilterWrite : abi::kFilterRead)), Align(2),
      "baton.words");
  filter->setAtomic(AtomicOrdering::Acquire);
  LoadInst* owner = head.CreateAlignedLoad(i64, line, Align(8), "baton.owner");
  owner->setAtomic(AtomicOrdering::Monotonic);
  Value* epoch = head.CreateLoad(
      i64, global(abi::kEpoch, i64, is_local_ ? GlobalValue::LocalExecTLSModel : GlobalValue::InitialExecTLSModel));
  Value* is_foreign = head.CreateICmpNE(owner, epoch);

  // check.call and what follows go to `rest`; the test of the words and the cold call stand between.
  BasicBlock* first = check.call->getParent();
  BasicBlock* rest = SplitBlock(first, check.call);
  Function* function = first->getParent();
  BasicBlock* test = BasicBlock::Create(context_, "baton.test", function, rest);
  BasicBlock* cold = BasicBlock::Create(context_, "baton.cold", function, rest);
  MDNode* weights = MDBuilder(context_).createBranchWeights(1, kHits);

  Instruction* jump = first->getTerminator();
  BuilderAt(jump, *check.call).CreateCondBr(is_foreign, cold, test, weights);
  jump->eraseFromParent();

  BuilderAt tail(BranchInst::Create(rest, cold), *check.call);
  call_cold(check, tail);

  Instruction* end = BranchInst::Create(rest, test);
  BuilderAt middle(end, *check.call);
  Value* need = words_needed(middle, check);
  Value* missing = nullptr;
  if (is_within_line(check)) {
    // One instruction, which takes the number modulo 16 as it comes; what it brings round is not asked for.
    Value* turned = middle.CreateIntrinsic(Intrinsic::fshr, {i16}, {filter, filter, middle.CreateTrunc(place, i16)});
    missing = middle.CreateZExt(turned, i32);
  } else {
    // No word of the next line is there.
    Value* with_next = middle.CreateOr(middle.CreateZExt(filter, i32), 0xffff0000);
    missing = middle.CreateLShr(with_next, middle.CreateAnd(middle.CreateTrunc(place, i32), 15));
  }
  Value* is_miss = middle.CreateICmpNE(middle.CreateAnd(missing, need), middle.getInt32(0));
  middle.CreateCondBr(is_miss, cold, rest, weights);
  end->eraseFromParent();

  check.call->eraseFromParent();
  ++counters::inline_checks;
  return true;
}

bool stores_context(const Function& function) {
  const GlobalVariable* slot = function.getParent()->getGlobalVariable(abi::kContext);
  for (const BasicBlock& block : function) {
    for (const Instruction& instruction : block) {
      const auto* store = dyn_cast<StoreInst>(&instruction);
      if (slot && store && store->getPointerOperand() == slot) return true;
    }
  }
  return false;
}

using Blocks = SmallPtrSet<const BasicBlock*, 16>;

// The blocks in which size counts, and not speed: where they are hardly ever executed, as far as the compiler can tell
// (clean-up after an exception, what leads to a function that does not return); and in a large function all but the
// parts of loops that are executed most.
Blocks find_cold_blocks(ArrayRef<Check> checks, const BlockFrequencyInfo& frequencies, const LoopInfo& loops) {
  const bool is_large = checks.size() > kManyChecks;
  const uint64_t rarely = frequencies.getEntryFreq().getFrequency() / kRarely;
  struct Part {
    const BasicBlock* block;
    uint64_t frequency;
    unsigned checks;
  };
  SmallVector<Part, 16> parts;
  for (const Check& check : checks) {
    const BasicBlock* block = check.call->getParent();
    if (parts.empty() || parts.back().block != block) {
      parts.push_back({block, frequencies.getBlockFreq(block).getFrequency(), 0});
    }
    parts.back().checks++;
  }
  llvm::sort(parts, [](const Part& a, const Part& b) { return a.frequency > b.frequency; });
  Blocks cold;
  unsigned tests = 0;
  uint64_t least = 0;  // of the blocks with tests
  for (const Part& part : parts) {
    const bool is_too_much = tests != 0 && tests + part.checks > kMostTests && part.frequency < least;
    if (part.frequency < rarely || (is_large && (is_too_much || !loops.getLoopFor(part.block)))) {
      cold.insert(part.block);
      continue;
    }
    tests += part.checks;
    least = part.frequency;
  }
  return cold;
}

bool expand_checks(Function& function, FunctionAnalysisManager& analyses) {
  if (function.isDeclaration() || function.hasOptNone() || function.hasOptSize()) return false;
  SmallVector<Check, 32> checks;
  for (BasicBlock& block : function) {
    for (Instruction& instruction : block) {
      if (std::optional<Check> check = check_of(instruction)) checks.push_back(*check);
    }
  }
  if (checks.empty()) return false;
  // Before blocks are split, of which the parts are not known there.
  const Blocks cold_blocks = find_cold_blocks(checks, analyses.getResult<BlockFrequencyAnalysis>(function),
                                              analyses.getResult<LoopAnalysis>(function));
  Inliner inliner(function, stores_context(function));
  bool has_changed = false;
  for (const Check& check : checks) {
    auto* context = dyn_cast<Instruction>(check.call->getArgOperand(check.call->arg_size() - 1));
    const bool is_short = cold_blocks.contains(check.call->getParent());
    if (!(is_short ? inliner.shorten(check) : inliner.expand(check))) continue;
    has_changed = true;
    if (context) RecursivelyDeleteTriviallyDeadInstructions(context);
  }
  return has_changed;
}

}  // namespace

void note_alignment(CallInst& check, uint64_t alignment) {
  LLVMContext& context = check.getContext();
  Metadata* value = ConstantAsMetadata::get(ConstantInt::get(Type::getInt64Ty(context), alignment));
  check.setMetadata(kAlignment, MDNode::get(context, {value}));
}

PreservedAnalyses InlineCheckPass::run(Module& module, ModuleAnalysisManager& analyses) {
  if (Triple(module.getTargetTriple()).getArch() != Triple::x86_64) return PreservedAnalyses::all();
  bool has_changed = false;
  auto& function_analyses = analyses.getResult<FunctionAnalysisManagerModuleProxy>(module).getManager();
  for (Function& function : module) has_changed |= expand_checks(function, function_analyses);
  if (option_verify && verifyModule(module, &errs())) report_fatal_error("baton: the inline tests broke the module");
  return has_changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
}

}  // namespace baton
