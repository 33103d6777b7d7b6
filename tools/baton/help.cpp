// SPDX-License-Identifier: Apache-2.0
//
// `baton help` and `baton version`: texts made from commands.def.
#include <boost/program_options.hpp>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>

#include "tools/baton/command_line.h"
#include "tools/baton/commands.h"
#include "tools/baton/options.h"

namespace baton::tools {

namespace {

constexpr CommandEntry kEntries[] = {
#define BATON_COMMAND(name, function, synopsis, summary, description) {#name, synopsis, summary, description},
#include "tools/baton/commands.def"
#undef BATON_COMMAND
};

constexpr char kEnvironment[] =
    "  GOMAXPROCS   number of threads that run goroutines at a time\n"
    "  GORACE       options of race reports: GORACE=help=1 lists them\n"
    "  BATON_CLANG  the clang to use\n";

constexpr char kStatuses[] =
    "  64 wrong command line, 1 the build or something else failed; baton run: the program's own,\n"
    "  66 when a data race was found, 2 after a panic or a deadlock, 128 + N when signal N ended it\n";

}  // namespace

std::string command_names() {
  std::string names;
  for (const CommandEntry& entry : kEntries) names += (names.empty() ? "" : ", ") + std::string(entry.name);
  return names;
}

std::string help_text() {
  std::string text = "baton builds C++ programs with goroutines, and finds their data races.\n\nCommands:\n";
  for (const CommandEntry& entry : kEntries) {
    char line[96];
    std::snprintf(line, sizeof line, "  %-10s %s\n", entry.name, entry.summary);
    text += line;
  }
  return text + "\n`baton help COMMAND` says more.\n\nEnvironment:\n" + kEnvironment + "\nExit status:\n" + kStatuses;
}

std::span<const CommandEntry> command_entries() { return kEntries; }

const CommandEntry& command_entry(const std::string& asker, const std::string& name) {
  for (const CommandEntry& entry : kEntries) {
    if (name == entry.name) return entry;
  }
  throw UsageError(asker + ": unknown command '" + name + "'; commands are: " + command_names());
}

std::string_view environment_text() { return kEnvironment; }
std::string_view status_text() { return kStatuses; }

int help_command(const Words& args) {
  const Parsed parsed = parse("help", args);
  const Words& names = parsed.words();
  if (names.size() > 1) throw UsageError("help: unexpected '" + names[1] + "'; one COMMAND at a time");
  if (parsed.has("man")) {
    std::fputs(manual_page(names.empty() ? "" : names[0]).c_str(), stdout);
    return 0;
  }
  if (names.empty()) {
    std::fputs(help_text().c_str(), stdout);
    return 0;
  }
  const CommandEntry& entry = command_entry("help", names[0]);
  std::printf("usage: %s\n\n%s\n", entry.synopsis, entry.description);
  if (options_of(entry.name).empty()) return 0;
  std::ostringstream options;
  options << describe(entry.name);
  std::printf("\n%s", options.str().c_str());
  for (const Option& option : options_of(entry.name)) {
    if (*option.accepted != '\0') std::printf("\n%s: %s\n", option.value, accepted_values(option).c_str());
  }
  return 0;
}

int version_command(const Words& args) {
  plain_words("version", args, 0);
  const char* clang = std::getenv("BATON_CLANG");
  std::printf("baton %s (clang: %s)\n", BATON_VERSION,
              clang != nullptr && *clang != '\0' ? clang : BATON_CLANG_DEFAULT);
  return 0;
}

}  // namespace baton::tools
