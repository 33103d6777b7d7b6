// SPDX-License-Identifier: Apache-2.0
#include "instrument/abi.h"

#include "instrument/abi_names.h"
#include "llvm/ADT/bit.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

namespace baton {

using namespace llvm;

Abi::Abi(Module& module)
    : module_(module),
      void_(Type::getVoidTy(module.getContext())),
      pointer_(PointerType::getUnqual(module.getContext())),
      size_(Type::getInt64Ty(module.getContext())),
      int_(Type::getInt32Ty(module.getContext())) {}

FunctionCallee Abi::declare(const char* name, Type* result, ArrayRef<Type*> parameters) {
  AttributeList attributes =
      AttributeList::get(module_.getContext(), AttributeList::FunctionIndex, Attribute::NoUnwind);
  return module_.getOrInsertFunction(name, FunctionType::get(result, parameters, false), attributes);
}

FunctionCallee Abi::access(uint64_t size, bool is_write) {
  if (!isPowerOf2_64(size) || size >= (1u << abi::kSizes)) return {};
  return declare((is_write ? abi::kWrite : abi::kRead)[Log2_64(size)], void_, {pointer_, size_});
}

FunctionCallee Abi::range(bool is_write) {
  return declare(is_write ? abi::kWriteRange : abi::kReadRange, void_, {pointer_, size_, size_});
}

FunctionCallee Abi::strided(bool is_write) {
  return declare(is_write ? abi::kWriteStrided : abi::kReadStrided, void_, {pointer_, size_, size_, size_, size_});
}

FunctionCallee Abi::mask(bool is_write) {
  return declare(is_write ? abi::kWriteMask : abi::kReadMask, void_, {pointer_, size_, size_});
}

FunctionCallee Abi::lane(bool is_write) {
  return declare(is_write ? abi::kWriteIf : abi::kReadIf, void_, {pointer_, size_, int_, size_});
}

FunctionCallee Abi::atomic_begin() { return declare(abi::kAtomicBegin, pointer_, {pointer_, size_, size_}); }

FunctionCallee Abi::atomic_end() {
  return declare(abi::kAtomicEnd, void_, {pointer_, pointer_, size_, int_, int_, size_});
}

FunctionCallee Abi::atomic_fence() { return declare(abi::kAtomicFence, void_, {int_, size_}); }

FunctionCallee Abi::guard_release() { return declare(abi::kGuardRelease, void_, {pointer_}); }

FunctionCallee Abi::guard_acquire() { return declare(abi::kGuardAcquire, void_, {pointer_}); }

GlobalVariable* Abi::context() {
  if (GlobalVariable* existing = module_.getGlobalVariable(abi::kContext)) return existing;
  return new GlobalVariable(module_, size_, false, GlobalValue::ExternalLinkage, nullptr, abi::kContext, nullptr,
                            GlobalValue::InitialExecTLSModel);
}

// A pointer in llvm.used: its section is marked as retained, and the relocation in it needs the symbol. A mere
// undefined symbol would do nothing, since linkers complain only about those which a live section refers to.
void Abi::require_version() {
  constexpr char kReference[] = "baton.abi";
  if (module_.getNamedGlobal(kReference)) return;
  Constant* version = module_.getOrInsertGlobal(abi::kVersion, int_, [&] {
    return new GlobalVariable(module_, int_, true, GlobalValue::ExternalLinkage, nullptr, abi::kVersion);
  });
  auto* reference = new GlobalVariable(module_, pointer_, true, GlobalValue::InternalLinkage, version, kReference);
  appendToUsed(module_, {reference});
}

BuilderAt::BuilderAt(Instruction* position, const Instruction& origin) : IRBuilder<>(position) {
  DebugLoc location = origin.getDebugLoc();
  if (!location) {
    if (DISubprogram* scope = position->getFunction()->getSubprogram()) {
      location = DILocation::get(scope->getContext(), 0, 0, scope);
    }
  }
  SetCurrentDebugLocation(location);
}

}  // namespace baton
