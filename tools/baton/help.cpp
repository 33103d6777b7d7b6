// SPDX-License-Identifier: Apache-2.0
//
// `baton help` and `baton version`: texts made from commands.def.
#include <boost/program_options.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tools/baton/command_line.h"
#include "tools/baton/commands.h"

namespace baton::tools {

namespace {

struct Entry {
  const char* name;
  const char* synopsis;
  const char* summary;
  const char* description;
};

constexpr Entry kEntries[] = {
#define BATON_COMMAND(name, function, synopsis, summary, description) {#name, synopsis, summary, description},
#include "tools/baton/commands.def"
#undef BATON_COMMAND
};

constexpr char kEnvironment[] =
    "Environment:\n"
    "  GOMAXPROCS   number of threads that run goroutines at a time\n"
    "  GORACE       options of race reports: GORACE=help=1 lists them\n"
    "  BATON_CLANG  the clang to use\n";

constexpr char kStatuses[] =
    "Exit status:\n"
    "  64 wrong command line, 1 the build failed; baton run: the program's own,\n"
    "  66 when a data race was found, 2 after a panic or a deadlock, 128 + N when signal N ended it\n";

}  // namespace

std::string command_names() {
  std::string names;
  for (const Entry& entry : kEntries) names += (names.empty() ? "" : ", ") + std::string(entry.name);
  return names;
}

std::string help_text() {
  std::string text = "baton builds C++ programs with goroutines, and finds their data races.\n\nCommands:\n";
  for (const Entry& entry : kEntries) {
    char line[96];
    std::snprintf(line, sizeof line, "  %-10s %s\n", entry.name, entry.summary);
    text += line;
  }
  return text + "\n`baton help COMMAND` says more.\n\n" + kEnvironment + "\n" + kStatuses;
}

int help_command(const Words& args) {
  const Words names = plain_words("help", args, 1);
  if (names.empty()) {
    std::fputs(help_text().c_str(), stdout);
    return 0;
  }
  for (const Entry& entry : kEntries) {
    if (names[0] != entry.name) continue;
    std::printf("usage: %s\n\n%s\n", entry.synopsis, entry.description);
    const std::string options = options_text(entry.name);
    if (!options.empty()) std::printf("\n%s", options.c_str());
    return 0;
  }
  throw UsageError("help: unknown command '" + names[0] + "'; commands are: " + command_names());
}

int version_command(const Words& args) {
  plain_words("version", args, 0);
  const char* clang = std::getenv("BATON_CLANG");
  std::printf("baton %s (clang: %s)\n", BATON_VERSION,
              clang != nullptr && *clang != '\0' ? clang : BATON_CLANG_DEFAULT);
  return 0;
}

}  // namespace baton::tools
