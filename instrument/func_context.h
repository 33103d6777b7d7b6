// SPDX-License-Identifier: Apache-2.0
//
// The calling context of a function (race_abi.h): a 64-bit hash of the chain of calls, kept in __baton_ctx.
//
//    entry                saved = __baton_ctx;  context = (saved + return address) * multiplier;  __baton_ctx = context
//    return, resume       __baton_ctx = saved
//    musttail call        __baton_ctx = saved, since the callee takes this function's place
//    landing pad          __baton_ctx = context, since frames were left without a return
//    second return        __baton_ctx = context, for the same reason (setjmp and its kind)
//    recursive call       before: __baton_ctx = context with one more level, or saved if there are enough of them;
//                         after: __baton_ctx = context
//
// A function that calls nothing does not store. A frame that an exception leaves through a plain call does not restore:
// whoever catches it stores its own.
#ifndef BATON_INSTRUMENT_FUNC_CONTEXT_H_
#define BATON_INSTRUMENT_FUNC_CONTEXT_H_

#include "instrument/abi.h"
#include "instrument/recursion.h"
#include "llvm/IR/Function.h"

namespace baton {

// Inserts all this into `function` and returns the context, a value that dominates every access.
llvm::Value* insert_context(llvm::Function& function, const Recursion& recursion, Abi& abi);

}  // namespace baton

#endif  // BATON_INSTRUMENT_FUNC_CONTEXT_H_
