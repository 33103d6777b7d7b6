// SPDX-License-Identifier: Apache-2.0
//
// Which functions of a module call themselves, directly or through each other, by direct calls. Calls through pointers
// and other modules are not looked at: what they hide costs contexts, not correctness.
#ifndef BATON_INSTRUMENT_RECURSION_H_
#define BATON_INSTRUMENT_RECURSION_H_

#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

namespace baton {

class Recursion {
 public:
  explicit Recursion(llvm::Module& module);

  // Whether `function` is part of a cycle of calls.
  bool is_recursive(const llvm::Function& function) const { return cycles_.contains(&function); }
  // Whether this call stays in the cycle that its function is part of.
  bool stays_in_cycle(const llvm::CallBase& call) const;

 private:
  llvm::DenseMap<const llvm::Function*, unsigned> cycles_;  // number of the cycle, for recursive functions only
};

}  // namespace baton

#endif  // BATON_INSTRUMENT_RECURSION_H_
