// SPDX-License-Identifier: Apache-2.0
//
// What became of the checks, for -Rpass=baton (dropped, merged), -Rpass-missed=baton (individual checks that remain)
// and the counters.
#ifndef BATON_INSTRUMENT_ELIMINATE_REMARKS_H_
#define BATON_INSTRUMENT_ELIMINATE_REMARKS_H_

#include "instrument/memory_access.h"
#include "llvm/Analysis/OptimizationRemarkEmitter.h"

namespace baton {

class Remarks {
 public:
  explicit Remarks(llvm::OptimizationRemarkEmitter& emitter) : emitter_(emitter) {}

  // The check of `access` is not made, or is part of another; `why` ends the sentence "check of a read ...".
  void gone(const Access& access, llvm::TrackingStatistic& counter, llvm::StringRef name, llvm::StringRef why);
  // The access has a check of its own.
  void remains(const Access& access);

 private:
  llvm::OptimizationRemarkEmitter& emitter_;
};

}  // namespace baton

#endif  // BATON_INSTRUMENT_ELIMINATE_REMARKS_H_
