// SPDX-License-Identifier: Apache-2.0
//
// The accesses that calls make in the name of the caller: mem* and vector intrinsics, functions of the C library that
// stand for a copy, fill or comparison, arguments passed by value in memory, and the operands of libatomic's generic
// functions. The call itself stays.
#include "instrument/memory_access.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

namespace baton {

using namespace llvm;

namespace {

void append_length(CallBase& call, unsigned pointer, unsigned length, bool is_write, Accesses& accesses) {
  Access access{&call, call.getArgOperand(pointer), is_write, Access::Shape::kLength};
  access.length = call.getArgOperand(length);
  if (auto* constant = dyn_cast<ConstantInt>(access.length)) {
    access.shape = Access::Shape::kFixed;
    access.size = constant->getZExtValue();
  }
  accesses.push_back(access);
}

void append_masked(CallBase& call, Value* address, Value* mask, Type* vector, Access::Shape shape, bool is_write,
                   Accesses& accesses) {
  auto* type = dyn_cast<FixedVectorType>(vector);
  if (!type) return;
  auto* constant = dyn_cast<Constant>(mask);
  if (constant && constant->isAllOnesValue() && !address->getType()->isVectorTy()) {
    append_typed_access(call, address, vector, is_write, accesses);
    return;
  }
  Access access{&call, address, is_write, shape};
  access.mask = mask;
  access.element = type->getElementType();
  accesses.push_back(access);
}

// Where the lanes of an AVX gather or scatter are. This is inserted while the accesses are collected: it is arithmetic
// only, and goes away again if no check needs it.
Value* indexed_addresses(IntrinsicInst& call, Value* base, Value* index, Value* scale) {
  IRBuilder<> builder(&call);
  auto* type = cast<VectorType>(index->getType());
  auto* wide = VectorType::get(builder.getInt64Ty(), type->getElementCount());
  Value* factor =
      builder.CreateVectorSplat(type->getElementCount(), builder.CreateZExtOrTrunc(scale, builder.getInt64Ty()));
  return builder.CreatePtrAdd(base, builder.CreateMul(builder.CreateSExt(index, wide), factor));
}

// The instructions behind _mm256_maskload_ps, _mm256_i32gather_ps and their like, in the forms that are not turned into
// the intrinsics of LLVM.
void collect_avx_intrinsic(IntrinsicInst& call, Accesses& accesses) {
  auto arg = [&](unsigned i) { return call.getArgOperand(i); };
  StringRef name = call.getCalledFunction()->getName();
  if (!name.consume_front("llvm.x86.avx")) return;
  if (name.starts_with(".maskload.") || name.starts_with("2.maskload.")) {
    append_masked(call, arg(0), arg(1), call.getType(), Access::Shape::kLanes, false, accesses);
  } else if (name.starts_with(".maskstore.") || name.starts_with("2.maskstore.")) {
    append_masked(call, arg(0), arg(1), arg(2)->getType(), Access::Shape::kLanes, true, accesses);
  } else if (name.starts_with("2.gather.") || name.starts_with("512.mask.gather")) {
    Value* addresses = indexed_addresses(call, arg(1), arg(2), arg(4));
    append_masked(call, addresses, arg(3), call.getType(), Access::Shape::kLanes, false, accesses);
  } else if (name.starts_with("512.mask.scatter")) {
    Value* addresses = indexed_addresses(call, arg(0), arg(2), arg(4));
    append_masked(call, addresses, arg(1), arg(3)->getType(), Access::Shape::kLanes, true, accesses);
  }
}

void collect_intrinsic(IntrinsicInst& call, Accesses& accesses) {
  auto arg = [&](unsigned i) { return call.getArgOperand(i); };
  switch (call.getIntrinsicID()) {
    case Intrinsic::masked_load:
    case Intrinsic::masked_gather:
      append_masked(call, arg(0), arg(2), call.getType(), Access::Shape::kLanes, false, accesses);
      return;
    case Intrinsic::masked_expandload:
      append_masked(call, arg(0), arg(1), call.getType(), Access::Shape::kPacked, false, accesses);
      return;
    case Intrinsic::masked_store:
    case Intrinsic::masked_scatter:
      append_masked(call, arg(1), arg(3), arg(0)->getType(), Access::Shape::kLanes, true, accesses);
      return;
    case Intrinsic::masked_compressstore:
      append_masked(call, arg(1), arg(2), arg(0)->getType(), Access::Shape::kPacked, true, accesses);
      return;
    default:
      break;
  }
  if (auto* memory = dyn_cast<AnyMemIntrinsic>(&call)) {
    if (isa<AnyMemTransferInst>(memory)) append_length(call, 1, 2, false, accesses);
    append_length(call, 0, 2, true, accesses);
    return;
  }
  collect_avx_intrinsic(call, accesses);
}

// Which arguments of a C library function are a buffer that is read or written, and which is the length; -1: none.
struct LibraryFunction {
  int written = -1;
  int read = -1;
  int also_read = -1;
  int length = -1;
  int parameters = 0;
};

LibraryFunction library_function(StringRef name) {
  constexpr LibraryFunction kCopy{0, 1, -1, 2, 3}, kCheckedCopy{0, 1, -1, 2, 4};
  constexpr LibraryFunction kFill{0, -1, -1, 2, 3}, kCheckedFill{0, -1, -1, 2, 4};
  constexpr LibraryFunction kCompare{-1, 0, 1, 2, 3};
  return StringSwitch<LibraryFunction>(name)
      .Cases("memcpy", "memmove", "mempcpy", "__mempcpy", kCopy)
      .Cases("__memcpy_chk", "__memmove_chk", "__mempcpy_chk", kCheckedCopy)
      .Cases("memset", "explicit_memset", kFill)
      .Case("__memset_chk", kCheckedFill)
      .Cases("bzero", "explicit_bzero", LibraryFunction{0, -1, -1, 1, 2})
      .Case("bcopy", LibraryFunction{1, 0, -1, 2, 3})
      .Cases("memcmp", "bcmp", kCompare)
      // libatomic's functions for objects of any size: the location itself is atomics.cpp's business.
      .Case("__atomic_load", LibraryFunction{2, -1, -1, 0, 4})
      .Case("__atomic_store", LibraryFunction{-1, 2, -1, 0, 4})
      .Case("__atomic_exchange", LibraryFunction{3, 2, -1, 0, 5})
      .Case("__atomic_compare_exchange", LibraryFunction{-1, 2, 3, 0, 6})
      .Default({});
}

void collect_library_call(CallBase& call, const Function& callee, Accesses& accesses) {
  LibraryFunction function = library_function(callee.getName());
  if (function.length < 0 || call.arg_size() != static_cast<unsigned>(function.parameters)) return;
  for (int i : {function.written, function.read, function.also_read}) {
    if (i >= 0 && !call.getArgOperand(i)->getType()->isPointerTy()) return;
  }
  if (!call.getArgOperand(function.length)->getType()->isIntegerTy()) return;
  if (function.read >= 0) append_length(call, function.read, function.length, false, accesses);
  if (function.also_read >= 0) append_length(call, function.also_read, function.length, false, accesses);
  if (function.written >= 0) append_length(call, function.written, function.length, true, accesses);
}

}  // namespace

void collect_call_accesses(CallBase& call, Accesses& accesses) {
  for (unsigned i = 0; i < call.arg_size(); i++) {
    if (call.isByValArgument(i)) {
      Access access{&call, call.getArgOperand(i), false, Access::Shape::kFixed};
      access.size = call.getModule()->getDataLayout().getTypeStoreSize(call.getParamByValType(i));
      accesses.push_back(access);
    }
  }
  if (auto* intrinsic = dyn_cast<IntrinsicInst>(&call)) {
    collect_intrinsic(*intrinsic, accesses);
  } else if (const Function* callee = call.getCalledFunction(); callee && callee->isDeclaration()) {
    collect_library_call(call, *callee, accesses);
  }
}

}  // namespace baton
