// SPDX-License-Identifier: Apache-2.0
//
// Whether others can learn where an object is: a stack object, or a fresh heap block, that stays with its goroutine is
// not raced for, whatever is done to it. Looked at across the calls of the module.
//
// An object may hold its own address (a std::string of a few characters) and still be nobody else's: what is loaded
// from that place is then followed as the address is.
//
// Rules:
//  * An address is published when it is stored anywhere but in its own object, becomes an integer, is returned, or goes
//    to a function that is not known. A comparison publishes nothing, nor do single bytes of an address.
//  * A function of the module does what its body does (as in eliminate/sync_summary.h). Those members of std::string
//    that are in the C++ library keep no argument, nor do the functions of the C library that only look at memory.
//  * What is reached through the address that an object holds lies at the place it points at, or behind it.
//  * Only "never" counts. What is done before an address is published may race with whoever gets it: through a relaxed
//    store, say, which orders nothing and is no race itself.
#ifndef BATON_INSTRUMENT_PUBLICATION_H_
#define BATON_INSTRUMENT_PUBLICATION_H_

#include <map>

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/InstrTypes.h"

namespace baton {

// Where an object holds its own address: bit i of `mask` for offset 8 * i. The addresses there are those of `target`,
// and behind.
struct OwnAddresses {
  uint64_t mask = 0;
  uint64_t target = 0;

  bool operator<(const OwnAddresses& other) const {
    return std::pair(mask, target) < std::pair(other.mask, other.target);
  }
  bool operator==(const OwnAddresses& other) const { return mask == other.mask && target == other.target; }
};

// For one module. Bodies that were instrumented before they are asked about do no harm.
class Publication {
 public:
  explicit Publication(const llvm::TargetLibraryInfo& library) : library_(library) {}

  // Whether anybody but its goroutine may learn the address of `object`, which is made by an alloca or an allocation.
  bool may_happen(const llvm::Value& object) { return of(object).published; }
  // Whether `object` may have been freed when `instruction` is executed.
  bool may_be_freed(const llvm::Value& object, const llvm::Instruction& instruction);

 private:
  class Walk;
  struct Fate {
    bool published = true;
    bool returned = true;  // of a parameter: the result may be its address
    OwnAddresses own;
    llvm::SmallVector<const llvm::Instruction*, 2> frees;
  };
  const Fate& of(const llvm::Value& object);
  Fate follow(const llvm::Value& address, OwnAddresses own);
  const Fate& of_parameter(const llvm::Argument& parameter, OwnAddresses own);

  const llvm::TargetLibraryInfo& library_;
  unsigned depth_ = 0;
  std::map<const llvm::Value*, Fate> objects_;
  std::map<std::pair<const llvm::Argument*, OwnAddresses>, Fate> parameters_;
};

}  // namespace baton

#endif  // BATON_INSTRUMENT_PUBLICATION_H_
