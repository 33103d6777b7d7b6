// SPDX-License-Identifier: Apache-2.0
#include "instrument/publication.h"

#include "instrument/calls.h"
#include "instrument/library.h"
#include "instrument/options.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Analysis/ValueTracking.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"

namespace baton {

using namespace llvm;

namespace {

constexpr uint64_t kWord = 8;
constexpr uint64_t kPlaces = 64;
constexpr unsigned kMaxUses = 1000;     // of one object; beyond, it counts as published
constexpr unsigned kMaxDepth = 50;      // of calls
constexpr uint64_t kStringBuffer = 16;  // in a std::string, behind its pointer and its length
constexpr uint64_t kStringSize = 32;

struct Bytes {
  uint64_t begin;
  uint64_t end;
};

bool overlaps(const OwnAddresses& own, Bytes bytes) {
  for (uint64_t i = 0; i < kPlaces; i++) {
    if ((own.mask >> i & 1) != 0 && bytes.begin < (i + 1) * kWord && i * kWord < bytes.end) return true;
  }
  return false;
}

// As seen from `offset` bytes behind.
OwnAddresses seen_from(const OwnAddresses& own, uint64_t offset) {
  return {own.mask >> offset / kWord, own.target > offset ? own.target - offset : 0};
}

// From there on, going back included.
bool can_be_seen_from(const OwnAddresses& own, uint64_t offset) {
  return offset % kWord == 0 && offset / kWord < kPlaces && (own.mask & ((1ull << offset / kWord) - 1)) == 0;
}

}  // namespace

// Follows one address, and all that is computed from it.
class Publication::Walk {
 public:
  Walk(Publication& all, const Value& root, OwnAddresses own)
      : all_(all), root_(root), layout_(layout_of(root)), own_(own) {}

  Fate run() {
    // What the object holds may show only after loads from there were looked at.
    OwnAddresses before;
    do {
      before = own_;
      is_again_ = false;
      addresses_.clear();
      loaded_.clear();
      fate_ = {false, false, {}, {}};
      uses_ = 0;
      addresses_.insert(&root_);
      for (unsigned i = 0; i < addresses_.size() && !fate_.published; i++) {
        const Value* address = addresses_[i];
        for (const Use& use : address->uses()) {
          if (++uses_ > kMaxUses) fate_.published = true;
          look_at(use);
          if (fate_.published) break;
        }
      }
    } while (!fate_.published && (is_again_ || !(own_ == before)));
    fate_.own = own_;
    return fate_;
  }

 private:
  static const DataLayout& layout_of(const Value& root) {
    if (const auto* argument = dyn_cast<Argument>(&root)) return argument->getParent()->getDataLayout();
    return cast<Instruction>(root).getDataLayout();
  }

  // `value` may be an address of the object: one that was loaded from it, or one computed from the root.
  void follow(const Value& value, bool is_loaded) {
    addresses_.insert(&value);
    if (is_loaded) {
      loaded_.insert(&value);
    } else if (direct_.insert(&value).second && loaded_.contains(&value)) {
      is_again_ = true;  // its uses were looked at as if it were the other
    }
  }

  bool is_loaded(const Value& address) const { return loaded_.contains(&address) && !direct_.contains(&address); }

  // How far behind the root, if that is constant.
  std::optional<uint64_t> offset_of(const Value& address) const {
    APInt offset(layout_.getIndexTypeSizeInBits(address.getType()), 0);
    const Value* base = address.stripAndAccumulateConstantOffsets(layout_, offset, /*AllowNonInbounds=*/true);
    if (auto same = same_.find(base); same != same_.end()) {
      offset += same->second;
      base = &root_;
    }
    if (base != &root_ || offset.isNegative()) return std::nullopt;
    return offset.getZExtValue();
  }

  // Whether reading `size` bytes at `address` may read one that the object holds of itself; no size: any number.
  bool may_read_own(const Value& address, std::optional<uint64_t> size) const {
    if (own_.mask == 0) return false;
    if (is_loaded(address)) return overlaps(own_, {own_.target, UINT64_MAX});
    std::optional<uint64_t> offset = offset_of(address);
    return !offset || overlaps(own_, {*offset, size ? *offset + *size : UINT64_MAX});
  }

  void hold_own(uint64_t place, uint64_t target) {
    if (place % kWord != 0 || place / kWord >= kPlaces) {
      fate_.published = true;
      return;
    }
    own_.target = own_.mask == 0 ? target : std::min(own_.target, target);
    own_.mask |= 1ull << place / kWord;
  }

  void look_at(const Use& use) {
    const auto* user = dyn_cast<Instruction>(use.getUser());
    if (!user) {
      fate_.published = true;
      return;
    }
    switch (user->getOpcode()) {
      case Instruction::ICmp:
        return;
      case Instruction::GetElementPtr:
      case Instruction::BitCast:
      case Instruction::Freeze:
      case Instruction::PHI:
      case Instruction::Select:
        fate_.published |= !user->getType()->isPointerTy();
        follow(*user, is_loaded(*use.get()));
        return;
      case Instruction::Load:
        look_at_load(cast<LoadInst>(*user));
        return;
      case Instruction::Store:
        if (use.getOperandNo() != StoreInst::getPointerOperandIndex())
          look_at_store(cast<StoreInst>(*user), *use.get());
        return;
      case Instruction::AtomicRMW:
        fate_.published |=
            use.getOperandNo() != AtomicRMWInst::getPointerOperandIndex() || may_read_own(*use.get(), {});
        return;
      case Instruction::AtomicCmpXchg:
        fate_.published |=
            use.getOperandNo() != AtomicCmpXchgInst::getPointerOperandIndex() || may_read_own(*use.get(), {});
        return;
      case Instruction::PtrToInt:  // as atomic operations take it
        fate_.published |= !option_unsound_publication;
        return;
      case Instruction::Ret:
        fate_.returned = true;
        return;
      case Instruction::Call:
      case Instruction::Invoke:
        look_at_call(cast<CallBase>(*user), use);
        return;
      default:
        fate_.published = true;
        return;
    }
  }

  void look_at_load(const LoadInst& load) {
    TypeSize size = layout_.getTypeStoreSize(load.getType());
    if (size.isScalable()) {
      fate_.published |= own_.mask != 0;
      return;
    }
    if (size.getFixedValue() < kWord || !may_read_own(*load.getPointerOperand(), size.getFixedValue())) return;
    if (load.getType()->isPointerTy()) {
      follow(load, /*is_loaded=*/true);
    } else {
      fate_.published = true;
    }
  }

  void look_at_store(const StoreInst& store, const Value& address) {
    std::optional<uint64_t> place = offset_of(*store.getPointerOperand());
    std::optional<uint64_t> target = is_loaded(address) ? own_.target : offset_of(address);
    if (place) {
      hold_own(*place, target.value_or(0));
    } else {
      fate_.published |= !option_unsound_publication;
    }
  }

  void look_at_call(const CallBase& call, const Use& use) {
    if (!call.isArgOperand(&use)) {  // the callee, or of a bundle
      const auto* intrinsic = dyn_cast<IntrinsicInst>(&call);
      fate_.published |= !intrinsic || intrinsic->getIntrinsicID() != Intrinsic::assume;
      return;
    }
    const unsigned number = call.getArgOperandNo(&use);
    const Value& address = *use.get();
    if (const auto* intrinsic = dyn_cast<IntrinsicInst>(&call)) {
      look_at_intrinsic(*intrinsic, number, address);
      return;
    }
    const Function* callee = call.getCalledFunction();
    if (call.isByValArgument(number)) {
      fate_.published |= may_read_own(address, {});
      return;
    }
    if (!callee) {
      fate_.published |= !call.doesNotCapture(number) || own_.mask != 0;
      return;
    }
    if (callee->getName().starts_with(kOwnPrefix)) return;
    if (!callee->isDeclaration()) {
      look_at_known_call(call, *callee, number, address);
      return;
    }
    LibFunc function;
    if (is_deallocation(*callee)) {
      fate_.frees.push_back(&call);
    } else if (is_string_member(*callee)) {
      look_at_string(call, number, address);
    } else if (all_.library_.getLibFunc(*callee, function) && is_plain_library_function(callee->getName())) {
      bool copies = call.getType()->isPointerTy() && number != 0;
      fate_.published |= copies && may_read_own(address, {});
      if (call.getType()->isPointerTy()) follow(call, is_loaded(address));
    } else {
      fate_.published |= !call.doesNotCapture(number) || own_.mask != 0;
    }
  }

  void look_at_intrinsic(const IntrinsicInst& call, unsigned number, const Value& address) {
    if (const auto* copy = dyn_cast<AnyMemTransferInst>(&call)) {
      const auto* length = dyn_cast<ConstantInt>(copy->getLength());
      std::optional<uint64_t> size;
      if (length) size = length->getZExtValue();
      fate_.published |= number == 1 && may_read_own(address, size);
      return;
    }
    switch (call.getIntrinsicID()) {
      case Intrinsic::memset:
      case Intrinsic::memset_inline:
      case Intrinsic::lifetime_start:
      case Intrinsic::lifetime_end:
      case Intrinsic::invariant_start:
      case Intrinsic::invariant_end:
      case Intrinsic::assume:
      case Intrinsic::prefetch:
        return;
      case Intrinsic::launder_invariant_group:
      case Intrinsic::strip_invariant_group:
        follow(call, is_loaded(address));
        return;
      default:
        fate_.published |= !call.doesNotCapture(number) || own_.mask != 0;
    }
  }

  void look_at_known_call(const CallBase& call, const Function& callee, unsigned number, const Value& address) {
    if (callee.isInterposable() || callee.isPresplitCoroutine() || number >= callee.arg_size()) {
      fate_.published = true;
      return;
    }
    OwnAddresses own;
    std::optional<uint64_t> offset = offset_of(address);
    if (own_.mask != 0) {
      if (is_loaded(address)) {
        if (may_read_own(address, {})) fate_.published = true;
      } else if (offset && can_be_seen_from(own_, *offset)) {
        own = seen_from(own_, *offset);
      } else {
        fate_.published = true;
      }
    }
    if (fate_.published) return;
    const Fate fate = all_.of_parameter(*callee.getArg(number), own);
    fate_.published |= fate.published;
    if (!fate.frees.empty()) fate_.frees.push_back(&call);
    if (fate.returned) {
      fate_.published |= !call.getType()->isPointerTy();
      follow(call, is_loaded(address));
    }
    if (fate.own.mask != 0 && !(fate.own == own)) note_own_of_callee(fate.own, is_loaded(address), offset);
  }

  void note_own_of_callee(const OwnAddresses& own, bool is_loaded, std::optional<uint64_t> offset) {
    if (is_loaded || !offset) {
      fate_.published = true;
      return;
    }
    for (uint64_t i = 0; i < kPlaces; i++) {
      if ((own.mask >> i & 1) != 0) hold_own(*offset + i * kWord, *offset + own.target);
    }
  }

  // A short string points into itself. What a member returns is the string, its contents, or memory for new ones.
  void look_at_string(const CallBase& call, unsigned number, const Value& address) {
    if (number != 0) return;
    std::optional<uint64_t> offset = offset_of(address);
    if (!offset) {
      fate_.published |= !is_loaded(address);  // else the characters of a string
      return;
    }
    hold_own(*offset, *offset + kStringBuffer);
    if (!call.getType()->isPointerTy()) return;
    const bool is_itself = call.getRetDereferenceableBytes() >= kStringSize;
    if (is_itself) same_[&call] = *offset;
    follow(call, !is_itself);
  }

  Publication& all_;
  const Value& root_;
  const DataLayout& layout_;
  OwnAddresses own_;
  Fate fate_;
  SetVector<const Value*> addresses_;      // all that may be addresses of the object
  SmallPtrSet<const Value*, 8> loaded_;    // of these, what may have been loaded from it
  SmallPtrSet<const Value*, 8> direct_;    // and what may have been computed from the root
  DenseMap<const Value*, uint64_t> same_;  // results of calls that are the root, so many bytes behind it
  bool is_again_ = false;
  unsigned uses_ = 0;
};

Publication::Fate Publication::follow(const Value& address, OwnAddresses own) {
  if (depth_ == kMaxDepth) return {};
  ++depth_;
  Fate fate = Walk(*this, address, own).run();
  --depth_;
  return fate;
}

const Publication::Fate& Publication::of(const Value& object) {
  auto [known, is_new] = objects_.try_emplace(&object);
  if (is_new) {
    known->second = follow(object, {});
    known->second.published |= known->second.returned;
  }
  return known->second;
}

const Publication::Fate& Publication::of_parameter(const Argument& parameter, OwnAddresses own) {
  auto [known, is_new] = parameters_.try_emplace({&parameter, own});
  if (is_new) known->second = follow(parameter, own);  // until then, for a recursion: published
  return known->second;
}

namespace {

// Whether `to` can be executed after `from` without executing `made` in between.
bool reaches(const Instruction& from, const Instruction& to, const Instruction& made) {
  if (from.getParent() == to.getParent() && from.comesBefore(&to)) return true;
  SmallPtrSet<const BasicBlock*, 16> seen;
  SmallVector<const BasicBlock*, 16> pending = {from.getParent()};
  while (!pending.empty()) {
    for (const BasicBlock* next : successors(pending.pop_back_val())) {
      if (next == made.getParent() || !seen.insert(next).second) continue;
      if (next == to.getParent()) return true;
      pending.push_back(next);
    }
  }
  return false;
}

}  // namespace

bool Publication::may_be_freed(const Value& object, const Instruction& instruction) {
  const auto& made = cast<Instruction>(object);
  return llvm::any_of(of(object).frees, [&](const Instruction* free) { return reaches(*free, instruction, made); });
}

}  // namespace baton
