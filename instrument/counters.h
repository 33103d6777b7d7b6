// SPDX-License-Identifier: Apache-2.0
//
// Counters of what the plugin did (counters.def). LLVM's statistics, except that they count in a release build too:
// LLVM as distributed is built without statistics, so -baton-stats prints them.
#ifndef BATON_INSTRUMENT_COUNTERS_H_
#define BATON_INSTRUMENT_COUNTERS_H_

#include "llvm/ADT/Statistic.h"
#include "llvm/Support/raw_ostream.h"

namespace baton::counters {

#define BATON_COUNTER(name, description) extern llvm::TrackingStatistic name;
#include "instrument/counters.def"
#undef BATON_COUNTER

// Whether the environment asks for the counters: BATON_STATS is 1. For `baton build --stats`, which cannot give LLVM an
// option without giving it to files in other languages too.
bool are_wanted();

// Prints every counter that is not zero, one a line: number, description.
void print(llvm::raw_ostream& out);

}  // namespace baton::counters

#endif  // BATON_INSTRUMENT_COUNTERS_H_
