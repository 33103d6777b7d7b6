// SPDX-License-Identifier: Apache-2.0
//
// The commands of baton as functions: they take the arguments after the command's name and return the exit status.
// A mistake in the command line is thrown as UsageError and reported once, in main.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace baton::tools {

constexpr int kExitFailed = 1;  // the build failed
constexpr int kExitUsage = 64;  // the command line is wrong

// what(): one line that names the wrong word and says what is accepted.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

using Words = std::vector<std::string>;

int build_command(const Words& args);
int run_command(const Words& args);
int version_command(const Words& args);
int help_command(const Words& args);

// The overview that `baton help` prints.
std::string help_text();
// "build, run, version, help"
std::string command_names();

}  // namespace baton::tools
