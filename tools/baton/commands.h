// SPDX-License-Identifier: Apache-2.0
//
// The commands of baton as functions: they take the arguments after the command's name and return the exit status.
// A mistake in the command line is thrown as UsageError and reported once, in main.
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace baton::tools {

constexpr int kExitFailed = 1;  // the build failed
constexpr int kExitRaces = 66;  // races were found
constexpr int kExitUsage = 64;  // the command line is wrong

// what(): one line that names the wrong word and says what is accepted.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

using Words = std::vector<std::string>;

#define BATON_COMMAND(name, function, synopsis, summary, description) int function(const Words& args);
#include "tools/baton/commands.def"
#undef BATON_COMMAND

// A row of commands.def, for texts.
struct CommandEntry {
  const char* name;
  const char* synopsis;
  const char* summary;
  const char* description;
};

std::span<const CommandEntry> command_entries();
// The row of `name`; throws UsageError that lists the commands.
const CommandEntry& command_entry(const std::string& asker, const std::string& name);

// The overview that `baton help` prints.
std::string help_text();
// "build, run, version, help"
std::string command_names();
// Environment variables and exit statuses, two columns, as they stand in help and manual page.
std::string_view environment_text();
std::string_view status_text();

// The manual page of `name`, or of baton itself for "" (man.cpp).
std::string manual_page(const std::string& name);

}  // namespace baton::tools
