// SPDX-License-Identifier: Apache-2.0
//
// Manual pages in troff (man macros), made from commands.def and options.def.
#include <boost/program_options.hpp>
#include <sstream>
#include <string>

#include "tools/baton/commands.h"
#include "tools/baton/options.h"

namespace baton::tools {

namespace {

// Plain text for troff: a backslash or a dash is one, and no line begins with a request.
std::string escaped(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    line_start = c == '\n';
  }
  return out;
}

std::string header(const std::string& name, const char* summary) {
  std::string upper = name;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return ".TH " + escaped(upper) + " 1 \"\" \"baton " BATON_VERSION "\" \"baton\"\n.SH NAME\n" + escaped(name) +
         " \\- " + escaped(summary) + "\n";
}

std::string section(const char* title, std::string_view text) {
  return ".SH " + std::string(title) + "\n" + escaped(text) + "\n";
}

// Two columns stay as they are.
std::string table(const char* title, std::string_view text) {
  return ".SH " + std::string(title) + "\n.nf\n" + escaped(text) + ".fi\n";
}

std::string options_section(std::string_view command) {
  std::string text;
  for (const Option& option : options_of(command)) {
    std::string names = "--" + std::string(option.name);
    if (*option.letter != '\0') names = "-" + std::string(option.letter) + ", " + names;
    if (*option.value != '\0') names += "=" + std::string(option.value);
    text += ".TP\n.B " + escaped(names) + "\n" + escaped(option.help) + "\n";
    if (*option.accepted != '\0') text += "(" + escaped(accepted_values(option)) + ")\n";
  }
  return text.empty() ? "" : ".SH OPTIONS\n" + text;
}

std::string overview() {
  std::string text = header("baton", "goroutines and a data-race detector for C++");
  text += section("SYNOPSIS", "baton COMMAND [ARGUMENTS]");
  text += section("DESCRIPTION",
                  "Builds C++ programs with goroutines and channels, and finds their data races. Compilers for build\n"
                  "systems are baton-c++ and baton-cc: clang 19 with every flag of clang, and -race.");
  text += ".SH COMMANDS\n";
  for (const CommandEntry& entry : command_entries()) {
    text += ".TP\n.BR baton\\-" + escaped(entry.name) + " (1)\n" + escaped(entry.summary) + "\n";
  }
  return text + table("ENVIRONMENT", environment_text()) + table("EXIT STATUS", status_text()) +
         ".SH SEE ALSO\n.BR baton\\-c++ (1),\n.BR clang (1)\n";
}

std::string compiler(const std::string& name) {
  std::string text = header(name, "clang 19 for programs of baton");
  text += section("SYNOPSIS", name + " [-race] [clang flags] FILE...");
  text += section("DESCRIPTION",
                  "Runs clang 19 with the flags given, and adds include path, compiler pass and libraries of baton.\n"
                  "With -race the program reports its data races and then ends with status 66. Code compiled with\n"
                  "-race links only with -race. It takes the place of a compiler in CMake (CMAKE_CXX_COMPILER), Make\n"
                  "(CXX) and Meson (CXX).");
  return text + table("ENVIRONMENT", environment_text()) + ".SH SEE ALSO\n.BR baton (1)\n";
}

}  // namespace

std::string manual_page(const std::string& name) {
  if (name.empty()) return overview();
  if (name == "c++" || name == "cc") return compiler("baton-" + name);
  const CommandEntry& entry = command_entry("help", name);
  std::string text = header("baton-" + name, entry.summary);
  text += section("SYNOPSIS", entry.synopsis) + section("DESCRIPTION", entry.description);
  return text + options_section(name) + table("EXIT STATUS", status_text()) + ".SH SEE ALSO\n.BR baton (1)\n";
}

}  // namespace baton::tools
