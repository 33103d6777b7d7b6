// SPDX-License-Identifier: Apache-2.0
//
// `baton doctor`: what may keep programs from building or running here, each with what to do about it. It looks at the
// installation, the compiler and the kernel's limits, and then does what a user does: builds and runs a program without
// and with the detector.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tools/baton/build.h"
#include "tools/baton/child.h"
#include "tools/baton/command_line.h"
#include "tools/baton/commands.h"
#include "tools/baton/temp_dir.h"
#include "tools/common/prefix.h"
#include "tools/common/toolchain.h"
#include "tools/report/read.h"

namespace baton::tools {

namespace {

constexpr char kProgram[] = R"(#include <baton/baton.hpp>
int shared;
int main() {
  baton::WaitGroup wg;
  for (int i = 0; i < 2; i++) wg.go([] { shared++; });
  wg.wait();
}
)";

class Doctor {
 public:
  void ok(const std::string& what) { std::printf("ok       %s\n", what.c_str()); }
  void note(const std::string& what) { std::printf("note     %s\n", what.c_str()); }
  void problem(const std::string& what) {
    std::printf("PROBLEM  %s\n", what.c_str());
    problems_++;
  }
  int problems() const { return problems_; }

 private:
  int problems_ = 0;
};

struct Output {
  int status;  // 128 + signal if it was killed
  std::string text;
};

Output output_of(const Words& words, const std::string& log) {
  const int status = wait_for(start_into(words, log));
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), read_file(log)};
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// The line that says what is wrong, of a compiler's output.
std::string error_line(const std::string& text) {
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find('\n', start), text.size());
    const std::string line = text.substr(start, end - start);
    if (line.find("error") != line.npos || line.find("cannot") != line.npos || line.find("missing") != line.npos) {
      return line;
    }
    start = end + 1;
  }
  return first_line(text);
}

bool check_files(Doctor& doctor, const std::string& prefix) {
  Words files = {prefix + "/bin/baton-c++", prefix + "/bin/baton-cc", pass_file(prefix),
                 prefix + "/include/baton/baton.hpp", prefix + "/share/baton/gtest_listener.cpp"};
  for (bool race : {false, true}) {
    for (const std::string& file : library_files(prefix, race)) files.push_back(file);
  }
  bool complete = true;
  for (const std::string& file : files) {
    if (access(file.c_str(), R_OK) == 0) continue;
    doctor.problem(file + " is missing: install baton again (in a build tree: tools/dev build)");
    complete = false;
  }
  if (complete) doctor.ok("installation in " + prefix + " is complete");
  return complete;
}

bool check_compiler(Doctor& doctor, const std::string& work) {
  const char* chosen = std::getenv("BATON_CLANG");
  const std::string clang = chosen != nullptr && *chosen != '\0' ? chosen : BATON_CLANG_DEFAULT;
  const std::string from = chosen != nullptr && *chosen != '\0' ? " (from BATON_CLANG)" : "";
  const Output version = output_of({"/bin/sh", "-c", "exec \"$0\" --version", clang}, work + "/version.log");
  if (version.status != 0) {
    doctor.problem("the compiler " + clang + from + " does not run: install the package clang-19, or set BATON_CLANG");
    return false;
  }
  if (version.text.find("version 19.") == version.text.npos) {
    doctor.problem("the compiler " + clang + from + " is \"" + first_line(version.text) +
                   "\": the pass needs clang 19; install the package clang-19, or set BATON_CLANG");
    return false;
  }
  doctor.ok(clang + from + ": " + first_line(version.text));
  return true;
}

bool check_step(Doctor& doctor, const std::string& what, const Output& output, int wanted) {
  if (output.status == wanted) {
    doctor.ok(what);
    return true;
  }
  doctor.problem(what + " fails (status " + std::to_string(output.status) + "): " + error_line(output.text));
  return false;
}

// The symbol table has names of globals; types and fields are known from debug information.
void check_names(Doctor& doctor, const std::string& report) {
  if (report.find("`shared` of type int") != report.npos) {
    doctor.ok("reports name variables, with their types and fields");
  } else {
    doctor.problem("reports do not name locals, fields and types: install the package libdw1");
  }
}

void check_programs(Doctor& doctor, const std::string& prefix, const std::string& work) {
  const std::string source = work + "/doctor.cpp";
  std::ofstream(source) << kProgram;
  const std::string compiler = prefix + "/bin/baton-c++";
  for (bool race : {false, true}) {
    const std::string kind = race ? " with -race" : "";
    const std::string object = work + "/doctor.o";
    const std::string program = work + "/doctor";
    Words words = {compiler, "-O1", "-c", source, "-o", object};
    if (race) words.emplace_back("-race");
    if (!check_step(doctor, "compiling" + kind + " (the pass loads)", output_of(words, work + "/log"), 0)) continue;
    words = {compiler, object, "-o", program};
    if (race) words.emplace_back("-race");
    if (!check_step(doctor, "linking" + kind, output_of(words, work + "/log"), 0)) continue;
    unsetenv("GORACE");
    const Output ran = output_of({program}, work + "/log");
    const bool fine =
        check_step(doctor, race ? "running with -race: the race in a test program is found" : "running a program", ran,
                   race ? kExitRaces : 0);
    if (race && fine) check_names(doctor, ran.text);
  }
}

long number_in(const char* file) {
  long number = -1;
  std::ifstream(file) >> number;
  return number;
}

void check_kernel(Doctor& doctor) {
  rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    doctor.problem("the address space is limited (ulimit -v " + std::to_string(limit.rlim_cur / 1024) +
                   "): stacks and the detector's shadow are reserved there; ulimit -v unlimited");
  } else {
    doctor.ok("address space is not limited");
  }
  if (number_in("/proc/sys/vm/overcommit_memory") == 2) {
    doctor.problem("vm.overcommit_memory is 2: what is reserved counts as used; set it to 0 or 1");
  }
  const long maps = number_in("/proc/sys/vm/max_map_count");
  if (maps > 0 && maps < 65530) {
    doctor.note("vm.max_map_count is " + std::to_string(maps) +
                ": few goroutines with stacks of their own fit; 65530 is usual");
  }
  if (getrlimit(RLIMIT_NPROC, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < 256) {
    doctor.note("only " + std::to_string(limit.rlim_cur) + " processes and threads are allowed (ulimit -u)");
  }
}

void check_linker(Doctor& doctor, const std::string& work) {
  if (output_of({"/bin/sh", "-c", "command -v ld.lld-19 || command -v ld.lld || ls /usr/lib/llvm-19/bin/ld.lld"},
                work + "/log")
          .status != 0) {
    doctor.note("no lld: -flto needs it (the package lld-19)");
  }
}

}  // namespace

int doctor_command(const Words& args) {
  plain_words("doctor", args, 0);
  Doctor doctor;
  const std::string prefix = install_prefix();
  std::printf("baton %s\n", BATON_VERSION);
  TempDir work;
  const bool complete = check_files(doctor, prefix);
  const bool compiler = check_compiler(doctor, work.path());
  if (complete && compiler) check_programs(doctor, prefix, work.path());
  check_linker(doctor, work.path());
  check_kernel(doctor);
  if (doctor.problems() == 0) {
    std::printf("Nothing is wrong.\n");
    return 0;
  }
  std::printf("%d problem%s.\n", doctor.problems(), doctor.problems() == 1 ? "" : "s");
  return kExitFailed;
}

}  // namespace baton::tools
