// SPDX-License-Identifier: Apache-2.0
//
// Polls: places in loops at which a goroutine that has computed for long gives way to others. A poll tests a byte of
// the thread, __baton_poll, which the runtime's monitor sets, and calls __baton_preempt if it is set. Always on, with
// and without -race.
//
// PreemptMarkPass runs first in the pipeline: functions with __attribute__((annotate("baton_no_preempt"))) get the
// attribute baton-no-preempt and are not inlined, so that they stay without polls.
//
// PreemptPass runs last, after vectorisation (a poll in the source makes loops up to six times slower), but before the
// race instrumentation, which leaves a poll alone: it is no synchronisation. The call may return on another thread.
//  * Each loop polls once in an iteration: at the start of its latch, or, if the latch calls something or is atomic, on
//    the way from there back to the header. So an iteration that takes a lock and gives it up in its latch does not
//    give way in between, and one that ends the loop by taking a lock does not give way with it. A loop that takes the
//    address of a thread-local variable polls there too: the address may be in use until then.
//  * A loop that ends soon, by its constant trip count, does not poll.
//  * A short innermost loop that counts polls once in many iterations (strip_mine.h).
//  * Functions do not poll: recursion without loops is what the monitor takes the processor from.
#ifndef BATON_INSTRUMENT_PREEMPT_H_
#define BATON_INSTRUMENT_PREEMPT_H_

#include "llvm/IR/PassManager.h"

namespace baton {

struct PreemptMarkPass : llvm::PassInfoMixin<PreemptMarkPass> {
  llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager& analyses);
  static bool isRequired() { return true; }
};

struct PreemptPass : llvm::PassInfoMixin<PreemptPass> {
  llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager& analyses);
  static bool isRequired() { return true; }
};

}  // namespace baton

#endif  // BATON_INSTRUMENT_PREEMPT_H_
