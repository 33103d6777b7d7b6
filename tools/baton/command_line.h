// SPDX-License-Identifier: Apache-2.0
//
// The command lines of `baton build`, `run` and `test`, by Boost.Program_options: our own options are those of
// options.def; every other flag is clang's and keeps its place and its value.
#pragma once

#include <string>
#include <vector>

#include "tools/baton/commands.h"
#include "tools/baton/options.h"

namespace baton::tools {

// What `baton build`, `baton run` and `baton test` were asked for.
struct BuildRequest {
  bool race = false;
  std::string output;  // "": not given
  Words files;
  Words clang_flags;
  Words program_args;  // after "--"; run and test only
  Parsed options;      // the others of options.def
};

// Throws UsageError for what `command` ("build", "run" or "test") does not accept.
BuildRequest parse_build(const std::string& command, const Words& args);

// The arguments of a command without options, at most `most` of them.
Words plain_words(const std::string& command, const Words& args, size_t most);

}  // namespace baton::tools
