// SPDX-License-Identifier: Apache-2.0
//
// `baton build` and `baton run`.
#include <errno.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "tools/baton/build.h"
#include "tools/baton/child.h"
#include "tools/baton/command_line.h"
#include "tools/baton/commands.h"
#include "tools/baton/temp_dir.h"

namespace baton::tools {

namespace {

namespace fs = std::filesystem;

std::string shell_word(const std::string& word) {
  constexpr const char* kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/.,:=+-@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == word.npos) return word;
  std::string text = "'";
  for (char c : word) {
    if (c == '\'') {
      text += "'\\''";
    } else {
      text += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
    }
  }
  return text + "'";
}

// A report says how to run the program again, which it cannot know of a program that is removed afterwards: the name of
// that one, a line break, and what was typed instead of it, up to the program's own arguments (print_explain.cpp).
void tell_typed_command(const std::string& program, const Words& args) {
  std::string text = program + "\n" + shell_word(program_invocation_name) + " run";
  for (const std::string& word : args) {
    if (word == "--") break;
    text += " " + shell_word(word);
  }
  setenv("BATON_RUN", text.c_str(), 1);
}

}  // namespace

int build_command(const Words& args) {
  const BuildRequest request = parse_build("build", args);
  if (request.options.has("stats")) {
    if (!request.race) throw UsageError("build: --stats tells about checks, so it needs -race");
    setenv("BATON_STATS", "1", 1);  // for the pass, in each clang
  }
  std::string program = request.output.empty() ? program_name(request) : request.output;
  std::error_code error;
  if (!request.output.empty() && fs::is_directory(program, error)) program += "/" + program_name(request);
  if (fs::is_directory(program, error)) throw UsageError("build: " + program + " is a directory; give -o OUT");
  for (const std::string& file : request.files) {
    if (fs::equivalent(file, program, error)) {
      throw UsageError("build: " + program + " would overwrite its source; give -o OUT");
    }
  }
  watch_signals();
  int status;
  {
    TempDir work;
    status = build_program("build", request, work.path(), program);
  }
  if (pending_signal() != 0) die_of_signal(pending_signal());
  return status;
}

int run_command(const Words& args) {
  const BuildRequest request = parse_build("run", args);
  watch_signals();
  int built;
  int interrupted;
  int program_status = 0;
  {
    TempDir work;
    const std::string program = work.path() + "/" + program_name(request);
    built = build_program("run", request, work.path(), program);
    // A signal from here on is for the program: what it makes of it is what counts.
    interrupted = pending_signal();
    if (built == 0 && interrupted == 0) {
      Words words = {program};
      words.insert(words.end(), request.program_args.begin(), request.program_args.end());
      tell_typed_command(program, args);
      program_status = wait_for(start(words));
    }
  }
  if (interrupted != 0) die_of_signal(interrupted);
  return built != 0 ? built : exit_status_like(program_status);
}

}  // namespace baton::tools
