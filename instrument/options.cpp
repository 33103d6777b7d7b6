// SPDX-License-Identifier: Apache-2.0
#include "instrument/options.h"

namespace baton {

#define BATON_FLAG(variable, flag, default_value, help) \
  llvm::cl::opt<bool> option_##variable(flag, llvm::cl::desc(help), llvm::cl::init(default_value), llvm::cl::Hidden);
#include "instrument/options.def"
#undef BATON_FLAG

}  // namespace baton
