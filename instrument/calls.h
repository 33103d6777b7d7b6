// SPDX-License-Identifier: Apache-2.0
//
// What a call may do, as far as the passes ask: enter other code, switch goroutines, return an address that belongs to
// the thread.
#ifndef BATON_INSTRUMENT_CALLS_H_
#define BATON_INSTRUMENT_CALLS_H_

#include "llvm/IR/Function.h"
#include "llvm/IR/InstrTypes.h"

namespace baton {

// Name prefix of the detector's and the runtime's own functions, which are never changed.
inline constexpr char kOwnPrefix[] = "__baton_";

// Name prefix of the accessors that thread_local.cpp makes; what follows is the name of the variable.
inline constexpr char kAccessorPrefix[] = "__baton_tls.";

// The byte that polls test, a thread-local variable, and what they call then (preempt.h).
inline constexpr char kPollByte[] = "__baton_poll";
inline constexpr char kPreempt[] = "__baton_preempt";

// True for functions of the C and C++ libraries that return an address or identity of the calling thread although they
// are declared `const`: __errno_location, pthread_self, __cxa_get_globals, __cxa_get_globals_fast.
bool is_thread_identity(const llvm::Function& function);

// True if the result of `call` is the address of a thread-local object.
bool returns_thread_local(const llvm::CallBase& call);

// True if the call enters code that may be instrumented, and so may look at the calling context: not an intrinsic, not
// one of our own functions.
bool is_real_call(const llvm::CallBase& call);

// True for the call that a poll makes. For the detector it is nothing: neither acquire nor release.
bool is_poll(const llvm::CallBase& call);

// True if the calling goroutine may be on another thread when the call returns: a real call, or the one of a poll. A
// call that writes nothing cannot switch.
bool may_switch(const llvm::CallBase& call);

}  // namespace baton

#endif  // BATON_INSTRUMENT_CALLS_H_
