// SPDX-License-Identifier: Apache-2.0
//
// The command lines of baton, by Boost.Program_options: our own options are declared once, for parser and help; every
// other flag is clang's and keeps its place and its value.
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

// The options of `command` as a table for its help; "" if it has none.
std::string options_text(const std::string& command);

}  // namespace baton::tools
