// SPDX-License-Identifier: Apache-2.0
//
// Atomic operations. The instruction itself stays as it is, between two calls of the detector, which holds what it
// knows of the location from the one to the other: so the value and the clock of a location change together.
//
// Rules:
//  * Nothing stands between the two calls but the operation, and for compare-exchange the reading of its outcome.
//  * Instructions of any size and type, and libatomic's functions by name. A fence is reported after it has executed.
//  * An operation that is not ordered with other threads (syncscope "singlethread") is reported as relaxed.
#ifndef BATON_INSTRUMENT_ATOMICS_H_
#define BATON_INSTRUMENT_ATOMICS_H_

#include "instrument/abi.h"
#include "instrument/address_filter.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Instruction.h"

namespace baton {

struct AtomicOperation {
  llvm::Instruction* instruction;
  llvm::Value* address;  // null: a fence
  uint64_t size = 0;     // 0: `length` bytes
  llvm::Value* length = nullptr;
  int kind = 0;                          // abi::AtomicKind, when it succeeds
  llvm::Value* order = nullptr;          // int, abi::Order
  llvm::Value* failure_order = nullptr;  // of a compare-exchange, which is a load if it fails; else null
};

using AtomicOperations = llvm::SmallVectorImpl<AtomicOperation>;

// Appends the atomic operation that `instruction` is, if it is one and the detector has to know.
void collect_atomic(llvm::Instruction& instruction, AddressFilter& filter, AtomicOperations& operations);

// Puts the calls around `operation`, in the calling context `context`.
void insert_atomic(const AtomicOperation& operation, Abi& abi, llvm::Value* context);

// If `call` acquires or releases the guard of a static local variable, tells the detector.
void insert_guard_edge(llvm::CallBase& call, Abi& abi);

// True if insert_guard_edge has something to do.
bool is_guard_call(const llvm::CallBase& call);

}  // namespace baton

#endif  // BATON_INSTRUMENT_ATOMICS_H_
