// SPDX-License-Identifier: Apache-2.0
//
// The race instrumentation of a module.
//
// RaceMarkPass runs first in the pipeline: it gives the functions the attribute sanitize_thread, for which LLVM's own
// passes invent no load that the source does not make, neither by speculation nor by widening. Clang runs its
// ThreadSanitizer only for -fsanitize=thread; the attribute alone does nothing else. It stays, for code generation and
// link-time optimisation ask for it too. A function that is not to be instrumented does not get it, and is then not
// inlined into one that is.
//
// RacePass runs last: what remains of the accesses is what the program will do. A function is instrumented once, also
// if the pass sees it again at link time.
#ifndef BATON_INSTRUMENT_RACE_H_
#define BATON_INSTRUMENT_RACE_H_

#include "llvm/IR/PassManager.h"

namespace baton {

struct RaceMarkPass : llvm::PassInfoMixin<RaceMarkPass> {
  llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager& analyses);
  static bool isRequired() { return true; }
};

class RacePass : public llvm::PassInfoMixin<RacePass> {
 public:
  // With `eliminate`, checks are dropped and merged where nothing is lost by it (eliminate/eliminate.h).
  explicit RacePass(bool eliminate) : eliminate_(eliminate) {}
  llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager& analyses);
  static bool isRequired() { return true; }

 private:
  bool eliminate_;
};

}  // namespace baton

#endif  // BATON_INSTRUMENT_RACE_H_
