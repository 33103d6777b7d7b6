// SPDX-License-Identifier: Apache-2.0
//
// The switches of options.def as command line options of LLVM.
#ifndef BATON_INSTRUMENT_OPTIONS_H_
#define BATON_INSTRUMENT_OPTIONS_H_

#include "llvm/Support/CommandLine.h"

namespace baton {

#define BATON_FLAG(variable, flag, default_value, help) extern llvm::cl::opt<bool> option_##variable;
#include "instrument/options.def"
#undef BATON_FLAG

}  // namespace baton

#endif  // BATON_INSTRUMENT_OPTIONS_H_
