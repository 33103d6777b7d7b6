// SPDX-License-Identifier: Apache-2.0
//
// The command lines of `baton build` and `baton run`, by Boost.Program_options: our own options are those of
// options.def; every other flag is clang's and keeps its place and its value.
#pragma once

#include <string>
#include <vector>

#include "tools/baton/commands.h"

namespace baton::tools {

// What `baton build` and `baton run` were asked for.
struct BuildRequest {
  bool race = false;
  std::string output;  // "": not given
  Words files;
  Words clang_flags;
  Words program_args;  // after "--"; run only
};

// Throws UsageError for what `command` ("build" or "run") does not accept.
BuildRequest parse_build(const std::string& command, const Words& args);

// The arguments of a command without options, at most `most` of them.
Words plain_words(const std::string& command, const Words& args, size_t most);

}  // namespace baton::tools
