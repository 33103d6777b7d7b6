// SPDX-License-Identifier: Apache-2.0
//
// baton: builds and runs programs (commands.def says which commands there are). Exit statuses: 64 for a wrong command
// line, 1 for a build that failed, else what the program that was run ended with.
#include <cstdio>
#include <string>
#include <system_error>

#include "tools/baton/commands.h"

namespace baton::tools {

namespace {

struct Command {
  const char* name;
  int (*run)(const Words& args);
};

constexpr Command kCommands[] = {
#define BATON_COMMAND(name, function, synopsis, summary, description) {#name, function},
#include "tools/baton/commands.def"
#undef BATON_COMMAND
};

int dispatch(Words args) {
  if (args.empty()) {
    std::fputs(help_text().c_str(), stderr);
    return kExitUsage;
  }
  std::string name = args.front();
  args.erase(args.begin());
  if (name == "-h" || name == "-help" || name == "--help") name = "help";
  if (name == "-version" || name == "--version") name = "version";
  for (const Command& command : kCommands) {
    if (name != command.name) continue;
    // `baton build --help` asks the same as `baton help build`.
    if (args.size() == 1 && (args[0] == "-h" || args[0] == "-help" || args[0] == "--help")) return help_command({name});
    return command.run(args);
  }
  throw UsageError((name[0] == '-' ? "unknown option '" : "unknown command '") + name +
                   "'; commands are: " + command_names());
}

}  // namespace

}  // namespace baton::tools

int main(int argc, char** argv) {
  using namespace baton::tools;
  try {
    return dispatch(Words(argv + 1, argv + argc));
  } catch (const UsageError& error) {
    std::fprintf(stderr, "baton: %s\n", error.what());
    return kExitUsage;
  } catch (const std::system_error& error) {
    std::fprintf(stderr, "baton: %s\n", error.what());
    return kExitFailed;
  }
}
