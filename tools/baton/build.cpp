// SPDX-License-Identifier: Apache-2.0
//
// One clang per source file, as many at a time as there are processors, then one link. Flags go to every step: the user
// wrote one command line and need not know which step a flag belongs to, so "unused argument" is not warned about here.
#include "tools/baton/build.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <system_error>
#include <thread>
#include <vector>

#include "tools/baton/child.h"
#include "tools/common/clang_flags.h"
#include "tools/common/prefix.h"

namespace baton::tools {

namespace {

namespace fs = std::filesystem;

struct Unit {
  std::string file;
  std::string object;  // what is linked: compiled from `file`, or `file` itself
  std::string log;     // diagnostics, if they must wait for those of earlier files
};

bool is_source(const std::string& file) {
  const std::string suffix = fs::path(file).extension();
  return language_of_file(file) != Language::kOther || suffix == ".S" || suffix == ".s" || suffix == ".ll" ||
         suffix == ".bc";
}

std::string wrapper(bool c) { return install_prefix() + (c ? "/bin/baton-cc" : "/bin/baton-c++"); }

std::string contents(const std::string& path) {
  std::ifstream in(path);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

int build_failed(const std::string& file) {
  if (pending_signal() == 0) std::fprintf(stderr, "baton: build failed: %s\n", file.c_str());
  return kExitFailed;
}

Words compile_command(const BuildRequest& request, const Unit& unit, bool colour) {
  Words words = compiler_words(language_of_file(unit.file) == Language::kC, request);
  if (colour) words.push_back("-fcolor-diagnostics");
  words.insert(words.end(), {"-c", "-o", unit.object, unit.file});
  return words;
}

// Compiles all units that are sources. Returns the files that failed, in order.
std::vector<std::string> compile_all(const BuildRequest& request, const std::vector<Unit>& units) {
  std::vector<const Unit*> todo;
  for (const Unit& unit : units) {
    if (unit.object != unit.file) todo.push_back(&unit);
  }
  const bool several = todo.size() > 1;
  const bool colour = several && isatty(STDERR_FILENO) != 0;
  const size_t jobs = std::max(1u, std::thread::hardware_concurrency());
  std::map<pid_t, const Unit*> running;
  std::map<const Unit*, bool> ok;
  size_t next = 0;
  while (next < todo.size() || !running.empty()) {
    if (next < todo.size() && running.size() < jobs && pending_signal() == 0) {
      const Words words = compile_command(request, *todo[next], colour);
      running[several ? start_into(words, todo[next]->log) : start(words)] = todo[next];
      next++;
      continue;
    }
    if (running.empty()) break;  // interrupted
    int status = 0;
    pid_t child = wait_for_any(status);
    ok[running[child]] = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    running.erase(child);
  }
  std::vector<std::string> failed;
  for (const Unit* unit : todo) {
    if (several) std::fputs(contents(unit->log).c_str(), stderr);
    if (!ok[unit]) failed.push_back(unit->file);
  }
  return failed;
}

}  // namespace

Words compiler_words(bool c, const BuildRequest& request) {
  Words words = {wrapper(c), "-Qunused-arguments"};
  if (request.race) words.push_back("-race");
  words.insert(words.end(), request.clang_flags.begin(), request.clang_flags.end());
  return words;
}

void check_flags(const std::string& command, const BuildRequest& request, const std::string& work) {
  if (request.clang_flags.empty()) return;
  Words words = compiler_words(false, request);
  words.insert(words.end(), {"-###", "-c", "-x", "c++", "/dev/null"});
  const std::string log = work + "/flags.log";
  int status = wait_for(start_into(words, log));
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  const std::string text = contents(log);
  constexpr std::string_view kError = "error: ";
  size_t at = text.find(kError);
  std::string line = at == text.npos ? text : text.substr(at + kError.size());
  line.resize(std::min(line.find('\n'), line.size()));
  if (line.starts_with("baton-c++: ")) line.erase(0, std::string_view("baton-c++: ").size());
  throw UsageError(command + ": " + line + " (accepted: " +
                   (command == "build"  ? "-race, -o OUT"
                    : command == "test" ? "the options of `baton help test`"
                                        : "-race") +
                   " and the flags of clang)");
}

std::string program_name(const BuildRequest& request) { return fs::path(request.files[0]).stem(); }

int build_program(const std::string& command, const BuildRequest& request, const std::string& work,
                  const std::string& program) {
  std::vector<Unit> units;
  for (const std::string& file : request.files) {
    std::error_code error;
    if (!fs::exists(file, error)) {
      std::string hint = command == "run" && !units.empty() ? " (arguments of the program go after --)" : "";
      std::fprintf(stderr, "baton: no such file: %s%s\n", file.c_str(), hint.c_str());
      return kExitFailed;
    }
    if (fs::is_directory(file, error)) {
      std::fprintf(stderr, "baton: %s is a directory; name source files\n", file.c_str());
      return kExitFailed;
    }
    const std::string base = work + "/" + std::to_string(units.size()) + "-" + fs::path(file).stem().string();
    units.push_back({file, is_source(file) ? base + ".o" : file, base + ".log"});
  }
  check_flags(command, request, work);

  const std::vector<std::string> failed = compile_all(request, units);
  for (const std::string& file : failed) build_failed(file);
  if (!failed.empty() || pending_signal() != 0) return kExitFailed;

  // Objects before flags: a static library among the flags (-lfoo) serves what stands before it.
  Words words = {wrapper(false)};
  for (const Unit& unit : units) words.push_back(unit.object);
  const Words flags = compiler_words(false, request);
  words.insert(words.end(), flags.begin() + 1, flags.end());
  words.insert(words.end(), {"-o", program});
  int status = wait_for(start(words));
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return build_failed(program_name(request));
  return 0;
}

}  // namespace baton::tools
