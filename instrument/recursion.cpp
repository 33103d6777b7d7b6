// SPDX-License-Identifier: Apache-2.0
#include "instrument/recursion.h"

#include "llvm/ADT/SCCIterator.h"
#include "llvm/Analysis/CallGraph.h"

namespace baton {

using namespace llvm;

Recursion::Recursion(Module& module) {
  CallGraph calls(module);
  unsigned number = 0;
  for (auto component = scc_begin(&calls); !component.isAtEnd(); ++component) {
    if (!component.hasCycle()) continue;
    ++number;
    for (const CallGraphNode* node : *component) {
      if (const Function* function = node->getFunction()) cycles_[function] = number;
    }
  }
}

bool Recursion::stays_in_cycle(const CallBase& call) const {
  const Function* callee = call.getCalledFunction();
  auto from = cycles_.find(call.getFunction());
  auto to = cycles_.find(callee);
  return callee && from != cycles_.end() && to != cycles_.end() && from->second == to->second;
}

}  // namespace baton
