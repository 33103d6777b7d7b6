// SPDX-License-Identifier: Apache-2.0
#include "tools/baton/test_programs.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "tools/baton/commands.h"
#include "tools/common/clang_flags.h"

namespace baton::tools {

namespace {

namespace fs = std::filesystem;

bool is_source(const fs::path& file) {
  const Language language = language_of_file(file.string());
  return language == Language::kC || language == Language::kCxx;
}

bool is_test_source(const fs::path& file) {
  const std::string stem = file.stem().string();
  return is_source(file) && (stem.ends_with("_test") || stem.starts_with("test_"));
}

void search(const fs::path& folder, std::set<std::string>& found) {
  std::error_code error;
  auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator i(folder, options, error), end; i != end; i.increment(error)) {
    const fs::path& path = i->path();
    if (i->is_directory(error)) {
      if (path.filename().string().starts_with(".") || fs::exists(path / "CMakeCache.txt", error)) {
        i.disable_recursion_pending();
      }
    } else if (is_test_source(path)) {
      found.insert(path.lexically_normal().string());
    }
  }
}

TestProgram program_of(const std::string& path) {
  TestProgram program;
  program.name = path;
  if (!is_source(path)) return program;
  program.source = path;
  std::ifstream in(path);
  const std::string text(std::istreambuf_iterator<char>(in), {});
  static const std::regex kMain("\\bint\\s+main\\s*\\(");
  program.gmock = text.find("gmock/gmock.h") != text.npos;
  program.googletest = program.gmock || text.find("gtest/gtest.h") != text.npos;
  program.has_main = std::regex_search(text, kMain);
  // "queue_test.cpp" tests "queue.cpp".
  const fs::path file(path);
  const std::string stem = file.stem().string();
  const std::string subject = stem.ends_with("_test")     ? stem.substr(0, stem.size() - 5)
                              : stem.starts_with("test_") ? stem.substr(5)
                                                          : "";
  for (const char* suffix : {".cpp", ".cc", ".cxx", ".c"}) {
    const fs::path beside = file.parent_path() / (subject + suffix);
    std::error_code error;
    if (!subject.empty() && fs::is_regular_file(beside, error)) program.subject = beside.string();
  }
  return program;
}

}  // namespace

std::vector<TestProgram> find_tests(const std::vector<std::string>& paths) {
  std::set<std::string> found;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::exists(path, error)) throw UsageError("test: no such file or folder: " + path);
    if (fs::is_directory(path, error)) {
      const size_t before = found.size();
      search(path, found);
      if (found.size() == before && paths.size() == 1) {
        throw UsageError("test: no tests in " + path + ": they are files named *_test.cpp or test_*.cpp");
      }
    } else if (is_source(path) || access(path.c_str(), X_OK) == 0) {
      found.insert(path);
    } else {
      throw UsageError("test: " + path + " is neither a source file nor a program");
    }
  }
  std::vector<TestProgram> programs;
  for (const std::string& path : found) programs.push_back(program_of(path));
  return programs;
}

}  // namespace baton::tools
