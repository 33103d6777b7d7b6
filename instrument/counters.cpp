// SPDX-License-Identifier: Apache-2.0
#include "instrument/counters.h"

#include <cstdlib>

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Format.h"

namespace baton::counters {

#define BATON_COUNTER(name, description) llvm::TrackingStatistic name("baton", #name, description);
#include "instrument/counters.def"
#undef BATON_COUNTER

bool are_wanted() {
  const char* value = std::getenv("BATON_STATS");
  return value && llvm::StringRef(value) == "1";
}

void print(llvm::raw_ostream& out) {
  const llvm::TrackingStatistic* const all[] = {
#define BATON_COUNTER(name, description) &name,
#include "instrument/counters.def"
#undef BATON_COUNTER
  };
  for (const llvm::TrackingStatistic* counter : all) {
    if (counter->getValue() != 0)
      out << llvm::format("%8" PRIu64 " baton: ", counter->getValue()) << counter->getDesc() << "\n";
  }
}

}  // namespace baton::counters
