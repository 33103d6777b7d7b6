// SPDX-License-Identifier: Apache-2.0
#include "instrument/atomics.h"

#include <optional>

#include "instrument/abi_names.h"
#include "instrument/counters.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

namespace baton {

using namespace llvm;

namespace {

int order_number(AtomicOrdering ordering) {
  switch (ordering) {
    case AtomicOrdering::Acquire:
      return abi::kAcquire;
    case AtomicOrdering::Release:
      return abi::kRelease;
    case AtomicOrdering::AcquireRelease:
      return abi::kAcqRel;
    case AtomicOrdering::SequentiallyConsistent:
      return abi::kSeqCst;
    case AtomicOrdering::NotAtomic:
    case AtomicOrdering::Unordered:
    case AtomicOrdering::Monotonic:
      return abi::kRelaxed;
  }
  llvm_unreachable("no such ordering");
}

Value* order_value(Instruction& instruction, AtomicOrdering ordering, SyncScope::ID scope) {
  int number = scope == SyncScope::SingleThread ? abi::kRelaxed : order_number(ordering);
  return ConstantInt::get(Type::getInt32Ty(instruction.getContext()), number);
}

std::optional<AtomicOperation> atomic_instruction(Instruction& instruction) {
  const DataLayout& layout = instruction.getModule()->getDataLayout();
  auto operation = [&](Value* address, Type* type, int kind, AtomicOrdering ordering, SyncScope::ID scope) {
    AtomicOperation result{&instruction, address};
    result.size = layout.getTypeStoreSize(type);
    result.kind = kind;
    result.order = order_value(instruction, ordering, scope);
    return result;
  };
  if (auto* load = dyn_cast<LoadInst>(&instruction); load && load->isAtomic()) {
    return operation(load->getPointerOperand(), load->getType(), abi::kLoad, load->getOrdering(),
                     load->getSyncScopeID());
  }
  if (auto* store = dyn_cast<StoreInst>(&instruction); store && store->isAtomic()) {
    return operation(store->getPointerOperand(), store->getValueOperand()->getType(), abi::kStore, store->getOrdering(),
                     store->getSyncScopeID());
  }
  if (auto* update = dyn_cast<AtomicRMWInst>(&instruction)) {
    return operation(update->getPointerOperand(), update->getType(), abi::kRmw, update->getOrdering(),
                     update->getSyncScopeID());
  }
  if (auto* exchange = dyn_cast<AtomicCmpXchgInst>(&instruction)) {
    AtomicOperation result = operation(exchange->getPointerOperand(), exchange->getNewValOperand()->getType(),
                                       abi::kRmw, exchange->getSuccessOrdering(), exchange->getSyncScopeID());
    result.failure_order = order_value(instruction, exchange->getFailureOrdering(), exchange->getSyncScopeID());
    return result;
  }
  if (auto* fence = dyn_cast<FenceInst>(&instruction); fence && fence->getSyncScopeID() != SyncScope::SingleThread) {
    return operation(nullptr, Type::getInt8Ty(instruction.getContext()), abi::kLoad, fence->getOrdering(),
                     fence->getSyncScopeID());
  }
  return std::nullopt;
}

// __atomic_<what>_<size>(p, ..., order) and, for objects of any size, __atomic_<what>(size, p, ..., order).
std::optional<AtomicOperation> libatomic_call(CallBase& call) {
  Function* callee = call.getCalledFunction();
  StringRef name = callee && callee->isDeclaration() ? callee->getName() : "";
  if (!name.consume_front("__atomic_")) return std::nullopt;
  auto [what, suffix] = name.rsplit('_');
  uint64_t size = 0;
  if (suffix.getAsInteger(10, size)) {
    what = name;
    if (!StringSwitch<bool>(what).Cases("load", "store", "exchange", "compare_exchange", true).Default(false)) {
      return std::nullopt;
    }
  }
  int kind = StringSwitch<int>(what)
                 .Case("load", abi::kLoad)
                 .Case("store", abi::kStore)
                 .Cases("exchange", "compare_exchange", abi::kRmw)
                 .Cases("fetch_add", "fetch_sub", "fetch_and", "fetch_or", "fetch_xor", "fetch_nand", abi::kRmw)
                 .Cases("add_fetch", "sub_fetch", "and_fetch", "or_fetch", "xor_fetch", "nand_fetch", abi::kRmw)
                 .Default(-1);
  bool is_compare = what == "compare_exchange";
  unsigned address = size == 0 ? 1 : 0;
  unsigned orders = is_compare ? 2 : 1;
  if (kind < 0 || call.arg_size() < address + 1 + orders || isa<InvokeInst>(call)) return std::nullopt;
  auto order_argument = [&](unsigned from_end) -> Value* { return call.getArgOperand(call.arg_size() - from_end); };
  if (!call.getArgOperand(address)->getType()->isPointerTy() || !order_argument(1)->getType()->isIntegerTy(32) ||
      !order_argument(orders)->getType()->isIntegerTy(32) || (is_compare && !call.getType()->isIntegerTy())) {
    return std::nullopt;
  }
  AtomicOperation result{&call, call.getArgOperand(address)};
  result.size = size;
  if (size == 0) result.length = call.getArgOperand(0);
  result.kind = kind;
  result.order = order_argument(orders);
  if (is_compare) result.failure_order = order_argument(1);
  return result;
}

// What tells whether a compare-exchange has exchanged, as an i1.
Value* succeeded(IRBuilder<>& builder, Instruction& instruction) {
  if (isa<AtomicCmpXchgInst>(instruction)) return builder.CreateExtractValue(&instruction, 1);
  return instruction.getType()->isIntegerTy(1) ? &instruction : builder.CreateIsNotNull(&instruction);
}

}  // namespace

void collect_atomic(Instruction& instruction, AddressFilter& filter, AtomicOperations& operations) {
  std::optional<AtomicOperation> operation = atomic_instruction(instruction);
  if (!operation) {
    auto* call = dyn_cast<CallBase>(&instruction);
    if (call) operation = libatomic_call(*call);
  }
  if (!operation) return;
  if (operation->address) {
    if (TrackingStatistic* reason = filter.reason_to_skip(instruction, operation->address)) {
      ++*reason;
      return;
    }
  }
  operations.push_back(*operation);
}

void insert_atomic(const AtomicOperation& operation, Abi& abi, Value* context) {
  Instruction& instruction = *operation.instruction;
  BuilderAt after(instruction.getNextNode(), instruction);
  if (!operation.address) {
    ++counters::fences;
    after.CreateCall(abi.atomic_fence(), {operation.order, context});
    return;
  }
  ++counters::atomic_operations;
  BuilderAt before(&instruction, instruction);
  Value* size = operation.length ? before.CreateZExtOrTrunc(operation.length, abi.size_type())
                                 : ConstantInt::get(abi.size_type(), operation.size);
  Value* token = before.CreateCall(abi.atomic_begin(), {operation.address, size, context});
  Value* kind = after.getInt32(operation.kind);
  Value* order = operation.order;
  if (operation.failure_order) {
    Value* success = succeeded(after, instruction);
    kind = after.CreateSelect(success, kind, after.getInt32(abi::kLoad));
    order = after.CreateSelect(success, order, operation.failure_order);
  }
  after.CreateCall(abi.atomic_end(), {token, operation.address, size, kind, order, context});
}

bool is_guard_call(const CallBase& call) {
  const Function* callee = call.getCalledFunction();
  return callee && call.arg_size() == 1 && call.getArgOperand(0)->getType()->isPointerTy() &&
         (callee->getName() == "__cxa_guard_acquire" || callee->getName() == "__cxa_guard_release");
}

void insert_guard_edge(CallBase& call, Abi& abi) {
  Value* guard = call.getArgOperand(0);
  if (call.getCalledFunction()->getName() == "__cxa_guard_release") {
    BuilderAt(&call, call).CreateCall(abi.guard_release(), {guard});
    return;
  }
  Instruction* next = call.getNextNode();
  if (auto* invoke = dyn_cast<InvokeInst>(&call)) {
    BasicBlock* normal = SplitEdge(invoke->getParent(), invoke->getNormalDest());
    next = &*normal->getFirstInsertionPt();
  }
  BuilderAt(next, call).CreateCall(abi.guard_acquire(), {guard});
}

}  // namespace baton
