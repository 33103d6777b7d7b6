// SPDX-License-Identifier: Apache-2.0
#include "tools/common/clang_flags.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

namespace baton::tools {

namespace {

// Sorted. Clang's "separate" and "joined or separate" options, as far as a C or C++ build on Linux may use them.
constexpr std::array<std::string_view, 100> kSeparate = {
    "--analyzer-output",
    "--assert",
    "--config",
    "--define-macro",
    "--for-linker",
    "--force-link",
    "--imacros",
    "--include",
    "--include-directory",
    "--include-directory-after",
    "--include-prefix",
    "--include-with-prefix",
    "--include-with-prefix-after",
    "--include-with-prefix-before",
    "--language",
    "--library-directory",
    "--no-system-header-prefix",
    "--output",
    "--output-class-directory",
    "--param",
    "--prefix",
    "--rtlib",
    "--serialize-diagnostics",
    "--std",
    "--stdlib",
    "--sysroot",
    "--system-header-prefix",
    "--undefine-macro",
    "--vfsoverlay",
    "-A",
    "-B",
    "-D",
    "-F",
    "-G",
    "-I",
    "-L",
    "-MF",
    "-MJ",
    "-MQ",
    "-MT",
    "-T",
    "-U",
    "-V",
    "-Xanalyzer",
    "-Xassembler",
    "-Xclang",
    "-Xlinker",
    "-Xoffload-linker",
    "-Xopenmp-target",
    "-Xpreprocessor",
    "-arch",
    "-b",
    "-ccc-gcc-name",
    "-ccc-install-dir",
    "-cxx-isystem",
    "-dependency-dot",
    "-dependency-file",
    "-dumpdir",
    "-e",
    "-fdebug-compilation-dir",
    "-fexperimental-openacc-macro-override",
    "-fmodules-user-build-path",
    "-framework",
    "-ftrapv-handler",
    "-gen-cdb-fragment-path",
    "-iapinotes-modules",
    "-idirafter",
    "-iframework",
    "-iframeworkwithsysroot",
    "-imacros",
    "-imultilib",
    "-include",
    "-include-pch",
    "-iprefix",
    "-iquote",
    "-isysroot",
    "-isystem",
    "-isystem-after",
    "-ivfsoverlay",
    "-iwithprefix",
    "-iwithprefixbefore",
    "-iwithsysroot",
    "-l",
    "-mllvm",
    "-mmlir",
    "-module-dependency-dir",
    "-mthread-model",
    "-o",
    "-resource-dir",
    "-rpath",
    "-serialize-diagnostics",
    "-stdlib++-isystem",
    "-target",
    "-u",
    "-undefined",
    "-validator-version",
    "-vfsoverlay",
    "-working-directory",
    "-x",
    "-z",
};
static_assert(std::is_sorted(kSeparate.begin(), kSeparate.end()));

constexpr int kMaxResponseDepth = 16;  // a file that includes itself ends here

// The arguments in the text of a response file: separated by white space; '...' and "..." group, \ takes the next
// character as it is.
std::vector<std::string> split_gnu(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (size_t i = 0; i < text.size(); i++) {
    char c = text[i];
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      word += text[++i];
      in_word = true;
    } else if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word += c;
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (in_word) words.push_back(std::move(word));
  return words;
}

void expand(const std::vector<std::string>& args, int depth, std::vector<std::string>& out) {
  for (const std::string& arg : args) {
    if (arg.size() > 1 && arg[0] == '@' && depth < kMaxResponseDepth) {
      if (std::ifstream file(arg.substr(1)); file) {
        expand(split_gnu(std::string(std::istreambuf_iterator<char>(file), {})), depth + 1, out);
        continue;
      }
    }
    out.push_back(arg);
  }
}

bool one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

bool takes_next_argument(std::string_view flag) {
  if (flag.starts_with("-Xarch_") || flag.starts_with("-Xopenmp-target=")) return true;
  return std::binary_search(kSeparate.begin(), kSeparate.end(), flag);
}

Language language_of_file(std::string_view path) {
  size_t dot = path.rfind('.');
  std::string_view suffix = dot == path.npos ? std::string_view() : path.substr(dot + 1);
  if (one_of(suffix, {"c"})) return Language::kC;
  if (one_of(suffix,
             {"cpp", "cc", "cxx", "C", "c++", "cp", "CPP", "CXX", "CC", "C++", "cppm", "ccm", "cxxm", "c++m"})) {
    return Language::kCxx;
  }
  if (one_of(suffix, {"h", "hpp", "hh", "hxx", "H", "h++", "hp", "HPP"})) return Language::kHeader;
  return Language::kOther;
}

Language language_of_x(std::string_view x_value) {
  if (x_value.ends_with("-header") || x_value.ends_with("-header-unit")) return Language::kHeader;
  if (one_of(x_value, {"c", "cpp-output"})) return Language::kC;
  if (one_of(x_value, {"c++", "c++-cpp-output", "c++-module", "c++-user-header"})) return Language::kCxx;
  return Language::kOther;
}

std::vector<std::string> expand_response_files(const std::vector<std::string>& args) {
  std::vector<std::string> out;
  expand(args, 0, out);
  return out;
}

}  // namespace baton::tools
