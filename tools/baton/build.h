// SPDX-License-Identifier: Apache-2.0
//
// From source files to a program, by the wrappers baton-c++ and baton-cc of our own prefix.
#pragma once

#include <string>

#include "tools/baton/command_line.h"

namespace baton::tools {

// Compiles request.files into `work` (a temporary directory), several at a time, and links `program`. Diagnostics go to
// standard error, in the order of the files. Returns 0, kExitFailed after "baton: build failed: FILE", or kExitUsage
// for a flag that clang does not know. Waits for children; ends early when a signal arrives (pending_signal()).
int build_program(const std::string& command, const BuildRequest& request, const std::string& work,
                  const std::string& program);

// baton-cc or baton-c++ with the flags of the request, before files and output.
Words compiler_words(bool c, const BuildRequest& request);

// A flag that clang does not know is a mistake in our command line too: clang's driver is asked before it has anything
// to compile, and its answer becomes our one line, thrown as UsageError.
void check_flags(const std::string& command, const BuildRequest& request, const std::string& work);

// The name of the program that the first file makes: its name without directory and suffix.
std::string program_name(const BuildRequest& request);

}  // namespace baton::tools
