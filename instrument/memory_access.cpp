// SPDX-License-Identifier: Apache-2.0
#include "instrument/memory_access.h"

#include "instrument/counters.h"
#include "instrument/inline_check.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

namespace baton {

using namespace llvm;

namespace {

struct Piece {
  uint64_t offset;
  uint64_t size;
};

// The bytes that a load or store of `type` touches, as contiguous pieces in ascending order. False if the size is not
// known when compiling.
bool append_pieces(Type* type, uint64_t offset, const DataLayout& layout, SmallVectorImpl<Piece>& pieces) {
  if (auto* structure = dyn_cast<StructType>(type)) {
    const StructLayout* fields = layout.getStructLayout(structure);
    for (unsigned i = 0; i < structure->getNumElements(); i++) {
      if (!append_pieces(structure->getElementType(i), offset + fields->getElementOffset(i), layout, pieces))
        return false;
    }
    return true;
  }
  if (auto* array = dyn_cast<ArrayType>(type)) {
    uint64_t stride = layout.getTypeAllocSize(array->getElementType());
    for (uint64_t i = 0; i < array->getNumElements(); i++) {
      if (!append_pieces(array->getElementType(), offset + i * stride, layout, pieces)) return false;
    }
    return true;
  }
  TypeSize size = layout.getTypeStoreSize(type);
  if (size.isScalable()) return false;
  if (!pieces.empty() && pieces.back().offset + pieces.back().size == offset) {
    pieces.back().size += size;
  } else {
    pieces.push_back({offset, size});
  }
  return true;
}

void append_piece(Instruction& instruction, Value* address, Piece piece, bool is_write, Accesses& accesses) {
  Access access{&instruction, address, is_write, Access::Shape::kFixed};
  access.offset = piece.offset;
  access.size = piece.size;
  accesses.push_back(access);
}

CallInst* emit_bytes(IRBuilder<>& builder, Value* address, uint64_t size, bool is_write, Abi& abi, Value* context) {
  if (FunctionCallee check = abi.access(size, is_write)) return builder.CreateCall(check, {address, context});
  ++counters::ranges;
  return builder.CreateCall(abi.range(is_write), {address, builder.getInt64(size), context});
}

Value* at_offset(IRBuilder<>& builder, Value* address, uint64_t offset) {
  return offset == 0 ? address : builder.CreatePtrAdd(address, builder.getInt64(offset));
}

// The mask of an AVX instruction is a vector whose sign bits count; that of an LLVM intrinsic is a vector of bits.
Value* mask_bits(IRBuilder<>& builder, Value* mask) {
  auto* type = cast<FixedVectorType>(mask->getType());
  if (type->getElementType()->isIntegerTy(1)) return mask;
  Value* integers = builder.CreateBitCast(mask, VectorType::getInteger(type));
  return builder.CreateICmpSLT(integers, Constant::getNullValue(integers->getType()));
}

void emit_lanes(IRBuilder<>& builder, const Access& access, Abi& abi, Value* context) {
  const DataLayout& layout = access.instruction->getModule()->getDataLayout();
  Value* mask = mask_bits(builder, access.mask);
  uint64_t size = layout.getTypeStoreSize(access.element);
  bool is_gathered = access.address->getType()->isVectorTy();
  unsigned lanes = cast<FixedVectorType>(mask->getType())->getNumElements();
  if (is_gathered) lanes = std::min(lanes, cast<FixedVectorType>(access.address->getType())->getNumElements());
  for (unsigned i = 0; i < lanes; i++) {
    Value* active = builder.CreateExtractElement(mask, i);
    if (isa<UndefValue>(active) || (isa<ConstantInt>(active) && cast<ConstantInt>(active)->isZero())) continue;
    Value* address =
        is_gathered ? builder.CreateExtractElement(access.address, i) : at_offset(builder, access.address, i * size);
    ++counters::lanes;
    if (isa<ConstantInt>(active)) {
      emit_bytes(builder, address, size, access.is_write, abi, context);
    } else {
      builder.CreateCall(abi.lane(access.is_write),
                         {address, builder.getInt64(size), builder.CreateZExt(active, abi.int_type()), context});
    }
  }
}

// Contiguous elements, as many as the mask has bits.
void emit_packed(IRBuilder<>& builder, const Access& access, Abi& abi, Value* context) {
  const DataLayout& layout = access.instruction->getModule()->getDataLayout();
  auto* type = cast<FixedVectorType>(access.mask->getType());
  Value* bits = builder.CreateBitCast(access.mask, builder.getIntNTy(type->getNumElements()));
  Value* elements =
      builder.CreateZExtOrTrunc(builder.CreateUnaryIntrinsic(Intrinsic::ctpop, bits), builder.getInt64Ty());
  Value* length = builder.CreateMul(elements, builder.getInt64(layout.getTypeStoreSize(access.element)));
  ++counters::ranges;
  builder.CreateCall(abi.range(access.is_write), {access.address, length, context});
}

bool is_in_destructor(const Instruction& instruction) {
  StringRef name = instruction.getFunction()->getName();
  if (const DILocation* place = instruction.getDebugLoc().get()) {
    const DISubprogram* function = place->getScope()->getSubprogram();
    if (function && !function->getLinkageName().empty()) name = function->getLinkageName();
  }
  return name.starts_with("_ZN") && (name.ends_with("D0Ev") || name.ends_with("D1Ev") || name.ends_with("D2Ev"));
}

// Whether it sets the vtable pointer of an object whose destructor runs. (At -O0 there is no TBAA.)
bool sets_vtable_to_destroy(const StoreInst& store) {
  const MDNode* type = store.getMetadata(LLVMContext::MD_tbaa);
  const auto* table = dyn_cast<GlobalVariable>(store.getValueOperand()->stripInBoundsOffsets());
  const bool is_vtable = (type && type->isTBAAVtableAccess()) || (table && table->getName().starts_with("_ZTV"));
  return is_vtable && is_in_destructor(store);
}

void emit_if_changed(IRBuilder<>& builder, const Access& access, Abi& abi, Value* context) {
  auto* store = cast<StoreInst>(access.instruction);
  Value* address = at_offset(builder, access.address, access.offset);
  // Volatile, so that nobody reasons about what is in memory that the program has not written.
  Value* before = builder.CreateLoad(store->getValueOperand()->getType(), address, true, "baton.vtable");
  Value* changes = builder.CreateICmpNE(before, store->getValueOperand());
  ++counters::lanes;
  builder.CreateCall(abi.lane(true),
                     {address, builder.getInt64(access.size), builder.CreateZExt(changes, abi.int_type()), context});
}

}  // namespace

void append_typed_access(Instruction& instruction, Value* address, Type* type, bool is_write, Accesses& accesses) {
  SmallVector<Piece, 4> pieces;
  if (type->isX86_AMXTy() || !append_pieces(type, 0, instruction.getModule()->getDataLayout(), pieces)) {
    ++counters::skipped_unknown_size;
    return;
  }
  for (Piece piece : pieces) append_piece(instruction, address, piece, is_write, accesses);
}

void collect_accesses(Instruction& instruction, AddressFilter& filter, Accesses& accesses) {
  SmallVector<Access, 4> found;
  if (auto* load = dyn_cast<LoadInst>(&instruction)) {
    if (!load->isAtomic()) append_typed_access(*load, load->getPointerOperand(), load->getType(), false, found);
  } else if (auto* store = dyn_cast<StoreInst>(&instruction)) {
    if (!store->isAtomic()) {
      append_typed_access(*store, store->getPointerOperand(), store->getValueOperand()->getType(), true, found);
      if (found.size() == 1 && sets_vtable_to_destroy(*store)) found.front().shape = Access::Shape::kVtable;
    }
  } else if (auto* call = dyn_cast<CallBase>(&instruction)) {
    collect_call_accesses(*call, found);
  }
  for (const Access& access : found) {
    auto* length = dyn_cast_or_null<ConstantInt>(access.length);
    bool is_empty = access.shape == Access::Shape::kFixed ? access.size == 0 : length && length->isZero();
    TrackingStatistic* reason =
        is_empty ? &counters::skipped_no_bytes : filter.reason_to_skip(instruction, access.address);
    if (reason) {
      ++*reason;
    } else {
      accesses.push_back(access);
    }
  }
}

uint64_t alignment_of(const Access& access) {
  if (access.source) return std::max<uint64_t>(access.alignment, 1);  // `instruction` is only a place
  Align alignment(1);
  if (auto* load = dyn_cast<LoadInst>(access.instruction)) alignment = load->getAlign();
  if (auto* store = dyn_cast<StoreInst>(access.instruction)) alignment = store->getAlign();
  return commonAlignment(alignment, access.offset).value();
}

void insert_check(const Access& access, Abi& abi, Value* context) {
  BuilderAt builder(access.instruction, access.origin());
  ++(access.is_write ? counters::writes : counters::reads);
  switch (access.shape) {
    case Access::Shape::kFixed:
      note_alignment(*emit_bytes(builder, at_offset(builder, access.address, access.offset), access.size,
                                 access.is_write, abi, context),
                     alignment_of(access));
      return;
    case Access::Shape::kLength:
      ++counters::ranges;
      builder.CreateCall(abi.range(access.is_write),
                         {access.address, builder.CreateZExtOrTrunc(access.length, abi.size_type()), context});
      return;
    case Access::Shape::kStrided:
      ++counters::strided;
      builder.CreateCall(abi.strided(access.is_write),
                         {access.address, access.length, access.stride, access.count, context});
      return;
    case Access::Shape::kMask:
      ++counters::masked;
      note_alignment(*builder.CreateCall(abi.mask(access.is_write), {at_offset(builder, access.address, access.offset),
                                                                     builder.getInt64(access.size), context}),
                     alignment_of(access));
      return;
    case Access::Shape::kLanes:
      emit_lanes(builder, access, abi, context);
      return;
    case Access::Shape::kPacked:
      emit_packed(builder, access, abi, context);
      return;
    case Access::Shape::kVtable:
      emit_if_changed(builder, access, abi, context);
      return;
  }
}

}  // namespace baton
