// SPDX-License-Identifier: Apache-2.0
//
// Plain reads and writes of memory: found in a function (collect_accesses), then each is preceded by a call of the
// detector with its true address and bytes (insert_check).
//
// Rules:
//  * Finding and inserting are separate. All accesses of a function are known before the first check is inserted; an
//    elimination goes between the two and works on the list.
//  * A check covers exactly the bytes accessed: the holes of a structure are not covered.
//  * Every access is found, also one that repeats another; which checks may go is for eliminate/ to say.
//  * A destructor begins by storing the vtable pointer of its class. In the class of the object itself that changes
//    nothing, and is no write: a destructor may wait there for those who still call virtual functions. So says
//    ThreadSanitizer, too.
//  * `volatile` makes no difference. An element-wise atomic memcpy counts as plain: it orders nothing.
#ifndef BATON_INSTRUMENT_MEMORY_ACCESS_H_
#define BATON_INSTRUMENT_MEMORY_ACCESS_H_

#include "instrument/abi.h"
#include "instrument/address_filter.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/Instruction.h"

namespace baton {

struct Access {
  enum class Shape : uint8_t {
    kFixed,    // `size` bytes at address + offset
    kLength,   // `length` bytes at address; length is an integer value
    kStrided,  // `count` runs of `length` bytes, the first at address, each `stride` bytes after the one before
    kMask,     // byte i behind address + offset for each bit i of `size`
    kLanes,    // `element` at address + i * its size, or at address[i], for each i with mask[i]
    kPacked,   // as many `element`s at address as there are bits set in mask
    kVtable,   // the `size` bytes at address + offset, if the store `instruction` changes them
  };

  llvm::Instruction* instruction;  // the check is inserted before it
  llvm::Value* address;            // a pointer; in kLanes a pointer or a vector of pointers
  bool is_write;
  Shape shape;
  uint64_t offset = 0;
  uint64_t size = 0;
  llvm::Value* length = nullptr;
  llvm::Value* stride = nullptr;
  llvm::Value* count = nullptr;
  llvm::Value* mask = nullptr;
  llvm::Type* element = nullptr;
  uint64_t alignment = 0;               // of a moved access's first byte, as far as it is known
  llvm::Instruction* source = nullptr;  // an access that a moved check stands for; null: `instruction` is the access

  // The access whose line the check has.
  const llvm::Instruction& origin() const { return source ? *source : *instruction; }
};

using Accesses = llvm::SmallVectorImpl<Access>;

// Appends the accesses that `instruction` makes and that need a check, in the order in which they happen.
void collect_accesses(llvm::Instruction& instruction, AddressFilter& filter, Accesses& accesses);

// The part of collect_accesses that deals with calls (memory_call.cpp): intrinsics, C library functions, byval
// arguments. Appends what it finds, unfiltered.
void collect_call_accesses(llvm::CallBase& call, Accesses& accesses);

// Appends an access for each contiguous piece of a value of `type` in memory at `address`.
void append_typed_access(llvm::Instruction& instruction, llvm::Value* address, llvm::Type* type, bool is_write,
                         Accesses& accesses);

// What is known of the alignment of the first byte that a kFixed access touches.
uint64_t alignment_of(const Access& access);

// Inserts the check of `access`, in the calling context `context`.
void insert_check(const Access& access, Abi& abi, llvm::Value* context);

}  // namespace baton

#endif  // BATON_INSTRUMENT_MEMORY_ACCESS_H_
