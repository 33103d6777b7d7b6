// SPDX-License-Identifier: Apache-2.0
//
// Which instructions may order the goroutine with others, and which surely reach the next instruction: the facts that
// every elimination rests on (eliminate.h). Computed bottom-up over the calls of the module, so that a call of a
// function whose body is known is no more than what the body does.
//
// Rules:
//  * What is not known is everything: calls through pointers and of other modules, assembly, setjmp.
//  * The copy of an inline function that the linker takes may be another module's. It has the same source, so it orders
//    no less and no more, except for what the optimiser proved to be without effect.
//  * Freeing memory counts as both an acquire and a release: no check may be moved across it. Allocating is neither:
//    the standard allows a new-expression to be left out, so no program may rely on what it orders.
//  * Assembly without text is a barrier for the compiler, not for others.
#ifndef BATON_INSTRUMENT_ELIMINATE_SYNC_SUMMARY_H_
#define BATON_INSTRUMENT_ELIMINATE_SYNC_SUMMARY_H_

#include "llvm/ADT/DenseMap.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

namespace baton {

struct Effects {
  bool may_acquire = true;
  bool may_release = true;
  bool surely_continues = false;  // the next instruction is executed: it does not throw, exit, or run for ever

  bool orders() const { return may_acquire || may_release; }
};

class SyncSummary {
 public:
  // Looks at the whole module; `library` says which functions are those of the C library.
  SyncSummary(llvm::Module& module, const llvm::TargetLibraryInfo& library);

  // What executing `instruction` may do. A terminator "continues" if it reaches one of its successors.
  Effects of(const llvm::Instruction& instruction) const;

 private:
  Effects of_call(const llvm::CallBase& call) const;
  Effects of_body(const llvm::Function& function) const;

  const llvm::TargetLibraryInfo& library_;
  llvm::DenseMap<const llvm::Function*, Effects> functions_;
};

}  // namespace baton

#endif  // BATON_INSTRUMENT_ELIMINATE_SYNC_SUMMARY_H_
