// SPDX-License-Identifier: Apache-2.0
#include "instrument/eliminate/eliminate.h"

#include "instrument/eliminate/rules.h"
#include "instrument/options.h"
#include "llvm/Analysis/LoopInfo.h"

namespace baton {

using namespace llvm;

void Eliminator::run(Function& function, Accesses& accesses) {
  if (accesses.empty()) return;
  Remarks remarks(analyses_.getResult<OptimizationRemarkEmitterAnalysis>(function));
  if (accesses.size() > 1) {
    if (option_availability) drop_repeated(function, accesses, summary_, remarks);
    if (option_read_before_write) {
      drop_repeated_later(function, accesses, summary_, analyses_.getResult<LoopAnalysis>(function), remarks);
    }
  }
  if (option_loops) merge_in_loops(function, accesses, summary_, analyses_, remarks);
  if (option_fields) merge_fields(function, accesses, summary_, remarks);
  for (const Access& access : accesses) remarks.remains(access);
}

void drop(Accesses& accesses, const BitVector& dropped, TrackingStatistic& counter, StringRef name, StringRef why,
          Remarks& remarks) {
  if (dropped.none()) return;
  unsigned kept = 0;
  for (unsigned i = 0; i < accesses.size(); i++) {
    if (dropped.test(i)) {
      remarks.gone(accesses[i], counter, name, why);
    } else {
      accesses[kept++] = accesses[i];
    }
  }
  accesses.truncate(kept);
}

}  // namespace baton
