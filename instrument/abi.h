// SPDX-License-Identifier: Apache-2.0
//
// The detector's entry points (abi_names.h) as declarations in the module that is being instrumented. Each is declared
// when it is first asked for, so that a module refers only to what it uses.
//
// Invariant: no entry point throws, so a call of one may stand anywhere, also in the place of no invoke.
#ifndef BATON_INSTRUMENT_ABI_H_
#define BATON_INSTRUMENT_ABI_H_

#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

namespace baton {

class Abi {
 public:
  explicit Abi(llvm::Module& module);

  // __baton_readN or __baton_writeN; null if there is none for this size.
  llvm::FunctionCallee access(uint64_t size, bool is_write);
  llvm::FunctionCallee range(bool is_write);
  llvm::FunctionCallee strided(bool is_write);
  llvm::FunctionCallee mask(bool is_write);
  llvm::FunctionCallee lane(bool is_write);
  llvm::FunctionCallee atomic_begin();
  llvm::FunctionCallee atomic_end();
  llvm::FunctionCallee atomic_fence();
  llvm::FunctionCallee guard_release();
  llvm::FunctionCallee guard_acquire();

  // The thread-local __baton_ctx. Always used as a direct operand of a load or store, never through
  // llvm.threadlocal.address: as a constant it is addressed anew at each use, relative to the segment register, and so
  // belongs to the right thread after a call that has switched threads.
  llvm::GlobalVariable* context();

  // Makes the object file refer to __baton_abi_v1, in a way that survives --gc-sections.
  void require_version();

  llvm::Type* int_type() const { return int_; }
  llvm::Type* size_type() const { return size_; }

 private:
  llvm::FunctionCallee declare(const char* name, llvm::Type* result, llvm::ArrayRef<llvm::Type*> parameters);

  llvm::Module& module_;
  llvm::Type* void_;
  llvm::Type* pointer_;
  llvm::Type* size_;  // size_t, and the calling context
  llvm::Type* int_;
};

// A builder that inserts before `position` with the debug location of `origin`: of an access, so that the check's line
// is the access's. If origin has none, line 0 of the function: LLVM demands some location on calls.
class BuilderAt : public llvm::IRBuilder<> {
 public:
  BuilderAt(llvm::Instruction* position, const llvm::Instruction& origin);
};

}  // namespace baton

#endif  // BATON_INSTRUMENT_ABI_H_
