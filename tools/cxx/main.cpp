// SPDX-License-Identifier: Apache-2.0
//
// baton-c++ and baton-cc: clang++ and clang for programs on <baton/baton.hpp>. They take every flag of clang, and
// -race. One source, built twice (BATON_CXX is 1 in baton-c++), because a command must know its name even when it is
// reached through a link of another name.
//
// What is added, always before the user's own flags so that theirs win, except libraries, which come last so that the
// user's static libraries resolve against them:
//   compiling   include path, C++20 unless a standard is given, frame pointers, debug lines, the pass
//   linking     --wrap=main (main becomes goroutine 1), the runtime, and with -race the detector
//   -shared     nothing: the one runtime of a process is in its executable
// Nothing is added to a question (--version, -print-*, -Wl,--version): build systems parse the answers.
// clang replaces this process, so its exit status is ours.
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tools/common/prefix.h"
#include "tools/common/toolchain.h"
#include "tools/cxx/request.h"

#if BATON_CXX
#define BATON_COMMAND "baton-c++"
#else
#define BATON_COMMAND "baton-cc"
#endif

namespace baton::tools {

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 64;

[[noreturn]] void fail(int status, const std::string& what) {
  std::fprintf(stderr, BATON_COMMAND ": %s\n", what.c_str());
  std::exit(status);
}

void require_file(const std::string& path) {
  if (access(path.c_str(), R_OK) != 0) {
    fail(kFailed, path + " is missing: the installation is not complete (in a build tree: tools/dev build)");
  }
}

void append(std::vector<std::string>& to, const std::vector<std::string>& words) {
  to.insert(to.end(), words.begin(), words.end());
}

// No "unused argument" warning for what only we added: the list is the same for every kind of input.
void append_compile_flags(const Request& request, const std::string& prefix, std::vector<std::string>& out) {
  append(out, {"--start-no-unused-arguments"});
  append(out, include_flags(prefix));
  if (request.all_cxx && !request.standard_given) append(out, {"-std=c++20"});
  append(out, define_flags(request.race));
  // The pass twice would instrument twice: flags from `baton flags` or pkg-config bring it too.
  if (request.compiles && !request.pass_given) {
    require_file(pass_file(prefix));
    append(out, compile_flags(prefix, request.race));
  }
  append(out, {"--end-no-unused-arguments"});
}

void append_link_flags(const Request& request, const std::string& prefix, std::vector<std::string>& out) {
  // LTO needs a linker that reads bitcode; the system's own does not without a plugin of the right version.
  if (request.lto && !request.linker_given) append(out, {"-fuse-ld=lld"});
  if (request.shared || request.no_libraries) return;
  for (const std::string& file : library_files(prefix, request.race)) require_file(file);
  append(out, link_flags(prefix, request.race, Libraries::kByName));
  if (request.is_static) append(out, static_link_flags());
  if (!BATON_CXX) append(out, {"-lstdc++", "-lm"});
}

// clang's own name, and the command line for it.
std::vector<std::string> clang_command(const Request& request) {
  const char* chosen = std::getenv("BATON_CLANG");
  std::vector<std::string> command = {chosen != nullptr && *chosen != '\0' ? chosen : BATON_CLANG_DEFAULT};
  if (BATON_CXX) append(command, {"--driver-mode=g++"});
  if (!request.has_input) {
    command.insert(command.end(), request.args.begin(), request.args.end());
    return command;
  }
  const std::string prefix = install_prefix();
  if (prefix.empty()) fail(kFailed, "cannot find where it is installed: /proc/self/exe does not open");
  append_compile_flags(request, prefix, command);
  std::vector<std::string> link;
  if (request.links) append_link_flags(request, prefix, link);
  // After "--" clang takes everything for an input.
  std::vector<std::string> user = request.args;
  std::vector<std::string> inputs;
  for (size_t i = 0; i < user.size() && !link.empty(); i++) {
    if (user[i] == "--") {
      inputs.assign(user.begin() + static_cast<std::ptrdiff_t>(i) + 1, user.end());
      user.resize(i);
    }
  }
  command.insert(command.end(), user.begin(), user.end());
  command.insert(command.end(), inputs.begin(), inputs.end());
  command.insert(command.end(), link.begin(), link.end());
  return command;
}

}  // namespace

}  // namespace baton::tools

int main(int argc, char** argv) {
  using namespace baton::tools;
  Request request = understand(std::vector<std::string>(argv + 1, argv + argc), BATON_CXX);
  if (request.race && !request.sanitizer.empty()) {
    fail(kUsage, "-race and -fsanitize=" + request.sanitizer + " cannot be used together: both watch all of memory");
  }
  if (request.race && request.is_static && request.links) {
    fail(kUsage,
         "-race and -static cannot be used together: the detector takes the place of functions of the C library");
  }
  if (request.libcxx && request.has_input) {
    fail(kUsage, "-stdlib=libc++ is not supported: the runtime is built on libstdc++");
  }
  std::vector<std::string> command = clang_command(request);
  std::vector<char*> args;
  for (std::string& word : command) args.push_back(word.data());
  args.push_back(nullptr);
  execvp(args[0], args.data());
  fail(kFailed, std::string("cannot run ") + args[0] + ": " + std::strerror(errno));
}
