// SPDX-License-Identifier: Apache-2.0
//
// Keeps addresses of thread-local variables, and errno's, from being cached across a call: the goroutine may continue
// on another thread after any of them, and the compiler takes the address to be a constant of the function.
//
// ThreadLocalPass, first in the pipeline:
//  * __errno_location, pthread_self, __cxa_get_globals{,_fast} lose `const` and are said to write inaccessible memory.
//  * The address of a thread-local variable is taken by a call of an internal function, __baton_tls.<variable>, that is
//    never inlined and is said to write inaccessible memory. Within a block and up to the next call that may switch,
//    one call serves all uses.
// This is done in every function, also in those that call nothing: they may be inlined into one that does.
//
// ThreadLocalLeafPass, last in the pipeline, when nothing is inlined any more: a function that neither calls nor polls
// (a poll may switch) gets the plain address back. Not if the module is meant for link-time optimisation.
//
// Rejected: optnone on the accessor. It keeps its effects from being inferred away as well, but costs a stack frame. An
// empty volatile asm statement that is said to write inaccessible memory has the same effect and no code.
#ifndef BATON_INSTRUMENT_THREAD_LOCAL_H_
#define BATON_INSTRUMENT_THREAD_LOCAL_H_

#include "llvm/IR/PassManager.h"

namespace baton {

struct ThreadLocalPass : llvm::PassInfoMixin<ThreadLocalPass> {
  llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager& analyses);
  static bool isRequired() { return true; }
};

struct ThreadLocalLeafPass : llvm::PassInfoMixin<ThreadLocalLeafPass> {
  llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager& analyses);
  static bool isRequired() { return true; }
};

}  // namespace baton

#endif  // BATON_INSTRUMENT_THREAD_LOCAL_H_
