// SPDX-License-Identifier: Apache-2.0
#include "instrument/calls.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/IntrinsicInst.h"

namespace baton {

using namespace llvm;

bool is_thread_identity(const Function& function) {
  return StringSwitch<bool>(function.getName())
      .Cases("__errno_location", "pthread_self", "__cxa_get_globals", "__cxa_get_globals_fast", true)
      .Default(false);
}

bool returns_thread_local(const CallBase& call) {
  const Function* callee = call.getCalledFunction();
  if (!callee) return false;
  if (callee->getIntrinsicID() == Intrinsic::threadlocal_address) return true;
  StringRef name = callee->getName();
  // _ZTW: what C++ calls to initialise a thread_local and get its address.
  return name.starts_with(kAccessorPrefix) || name.starts_with("_ZTW") || name == "__tls_get_addr" ||
         (is_thread_identity(*callee) && name != "pthread_self");
}

bool is_real_call(const CallBase& call) {
  if (isa<IntrinsicInst>(call)) return false;
  // An empty asm statement is a compiler barrier.
  if (const auto* assembly = dyn_cast<InlineAsm>(call.getCalledOperand())) return !assembly->getAsmString().empty();
  const Function* callee = call.getCalledFunction();
  return !callee || !(callee->getName().starts_with(kOwnPrefix) || is_thread_identity(*callee));
}

bool is_poll(const CallBase& call) {
  const Function* callee = call.getCalledFunction();
  return callee && callee->getName() == kPreempt;
}

bool may_switch(const CallBase& call) { return is_poll(call) || (is_real_call(call) && !call.onlyReadsMemory()); }

}  // namespace baton
