// SPDX-License-Identifier: Apache-2.0
//
// Where the running command is installed. A prefix is bin/ (commands), lib/baton/ (libraries and the pass) and
// include/; it may be moved as a whole, because every command finds it from its own file and nothing is configured into
// it.
#pragma once

#include <string>

namespace baton::tools {

// The prefix of the running executable, symbolic links resolved; "" when /proc is not mounted.
std::string install_prefix();

}  // namespace baton::tools
