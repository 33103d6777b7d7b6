// SPDX-License-Identifier: Apache-2.0
#include "tools/cxx/request.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace baton::tools {

namespace {

bool is_race(std::string_view arg) { return arg == "-race" || arg == "--race"; }

// How far clang goes; the least of the flags given wins, as in clang.
enum class Phase { kQuestion, kPreprocess, kSyntax, kCompile, kLink };

std::optional<Phase> last_phase(std::string_view arg) {
  if (arg == "-E" || arg == "-M" || arg == "-MM" || arg == "--preprocess" || arg == "--dependencies" ||
      arg == "--user-dependencies") {
    return Phase::kPreprocess;
  }
  if (arg == "-fsyntax-only" || arg == "--analyze" || arg == "--precompile" || arg == "-emit-ast" ||
      arg == "-extract-api" || arg == "-emit-interface-stubs" || arg.starts_with("-fmodule-header") ||
      arg == "-verify-pch" || arg == "-rewrite-objc") {
    return Phase::kSyntax;
  }
  if (arg == "-c" || arg == "-S" || arg == "--compile" || arg == "--assemble") return Phase::kCompile;
  if (arg == "--version" || arg == "--help" || arg == "--help-hidden" || arg == "--autocomplete" ||
      arg.starts_with("-print-") || arg.starts_with("--print-") || arg.starts_with("-dump") ||
      arg.starts_with("--autocomplete=")) {
    return arg == "-dumpdir" ? std::nullopt : std::optional(Phase::kQuestion);
  }
  return std::nullopt;
}

// Sanitizers that take the place of malloc, or watch the same accesses with a runtime that knows no goroutines.
constexpr std::string_view kIncompatible[] = {"thread", "address",  "hwaddress",     "memory",
                                              "leak",   "dataflow", "kernel-address"};

void note_sanitizers(std::string_view list, bool on, std::vector<std::string>& active) {
  while (!list.empty()) {
    size_t comma = std::min(list.find(','), list.size());
    std::string name(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (name == "all" && !on) active.clear();
    std::erase(active, name);
    if (on && std::find(std::begin(kIncompatible), std::end(kIncompatible), name) != std::end(kIncompatible)) {
      active.push_back(name);
    }
  }
}

// Flags that change the request, other than inputs and phases.
void note_flag(std::string_view arg, Request& request, std::vector<std::string>& sanitizers) {
  auto value_of = [&](std::string_view prefix) { return arg.substr(std::min(prefix.size(), arg.size())); };
  if (arg == "-shared" || arg == "--shared") request.shared = true;
  if (arg == "-static" || arg == "--static" || arg == "-static-pie") request.is_static = true;
  if (arg == "-nostdlib" || arg == "--no-standard-libraries" || arg == "-nodefaultlibs" || arg == "-r") {
    request.no_libraries = true;
  }
  if (arg.starts_with("-std=") || arg.starts_with("--std") || arg == "-ansi" || arg == "--ansi") {
    request.standard_given = true;
  }
  if (arg == "-flto" || arg.starts_with("-flto=")) request.lto = true;
  if (arg == "-fno-lto") request.lto = false;
  if (arg.starts_with("-fuse-ld=") || arg.starts_with("--ld-path=")) request.linker_given = true;
  if (arg.starts_with("-fpass-plugin=") && arg.ends_with("/baton-pass.so")) request.pass_given = true;
  if (arg.starts_with("-stdlib=")) request.libcxx = value_of("-stdlib=") == "libc++";
  if (arg.starts_with("-fsanitize=")) note_sanitizers(value_of("-fsanitize="), true, sanitizers);
  if (arg.starts_with("-fno-sanitize=")) note_sanitizers(value_of("-fno-sanitize="), false, sanitizers);
}

struct Languages {
  bool c = false, cxx = false, header = false, other = false;

  void add(Language language) {
    c |= language == Language::kC;
    cxx |= language == Language::kCxx;
    header |= language == Language::kHeader;
    other |= language == Language::kOther;
  }
};

// The flags to walk over, response files opened. If one of those holds -race, which clang must not see, they stay
// opened in request.args; otherwise clang reads them itself (their contents may be too long for a command line).
std::vector<std::string> open_response_files(const std::vector<std::string>& given, Request& request) {
  std::vector<std::string> all = expand_response_files(given);
  request.race = std::any_of(all.begin(), all.end(), is_race);
  bool race_outside = std::any_of(given.begin(), given.end(), is_race);
  bool race_inside =
      std::count_if(all.begin(), all.end(), is_race) > std::count_if(given.begin(), given.end(), is_race);
  request.args = race_inside ? all : given;
  if (race_inside || race_outside) std::erase_if(request.args, is_race);
  std::erase_if(all, is_race);
  return all;
}

}  // namespace

Request understand(const std::vector<std::string>& given, bool cxx) {
  Request request;
  const std::vector<std::string> args = open_response_files(given, request);

  Phase phase = Phase::kLink;
  Languages languages;
  std::vector<std::string> sanitizers;
  std::string x;  // the language of -x, for the inputs after it
  bool only_inputs = false;
  for (size_t i = 0; i < args.size(); i++) {
    const std::string& arg = args[i];
    if (!only_inputs && arg == "--") {
      only_inputs = true;
    } else if (only_inputs || arg == "-" || !arg.starts_with("-")) {
      request.has_input = true;
      Language language = x.empty() || x == "none" ? language_of_file(arg) : language_of_x(x);
      if (x.empty() && cxx && language == Language::kC) language = Language::kCxx;
      languages.add(language);
    } else if (takes_next_argument(arg)) {
      if (i + 1 == args.size()) break;  // clang says what is missing
      if (arg == "--std") request.standard_given = true;
      if (arg == "-l") request.has_input = true;
      i++;
      if (arg == "-x") x = args[i];
    } else if (arg.starts_with("-x")) {
      x = arg.substr(2);
    } else if (arg.starts_with("-l")) {
      request.has_input = true;
    } else {
      if (std::optional<Phase> found = last_phase(arg)) phase = std::min(phase, *found);
      note_flag(arg, request, sanitizers);
    }
  }

  if (phase == Phase::kQuestion) request.has_input = false;
  bool only_headers = languages.header && !languages.c && !languages.cxx && !languages.other;
  request.all_cxx = (languages.cxx || (cxx && languages.header)) && !languages.c;
  request.preprocesses = request.has_input;
  request.compiles = request.has_input && phase >= Phase::kCompile;
  request.links = request.has_input && phase == Phase::kLink && !only_headers;
  if (!sanitizers.empty()) request.sanitizer = sanitizers.front();
  return request;
}

}  // namespace baton::tools
