// SPDX-License-Identifier: Apache-2.0
//
// `baton flags`: the toolchain's flags (tools/common/toolchain.h) for build systems that run clang 19 themselves.
#include <cstdio>
#include <string>

#include "tools/baton/commands.h"
#include "tools/baton/options.h"
#include "tools/common/prefix.h"
#include "tools/common/toolchain.h"

namespace baton::tools {

namespace {

void append(Words& to, const Words& words) { to.insert(to.end(), words.begin(), words.end()); }

std::string joined(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// pkg-config finds the prefix from the place of the file: lib/pkgconfig/NAME.pc.
std::string pkg_config_file(bool race) {
  Words compile = {"-I${prefix}/include"};
  append(compile, define_flags(race));
  append(compile, compile_flags("${prefix}", race));
  return "prefix=${pcfiledir}/../..\n\nName: baton" + std::string(race ? "-race" : "") +
         "\nDescription: Goroutines and channels for C++20" + (race ? ", with the data-race detector" : "") +
         "\nVersion: " BATON_VERSION "\nCflags: " + joined(compile) +
         "\nLibs: " + joined(link_flags("${prefix}", race, Libraries::kByFile)) + "\n";
}

}  // namespace

int flags_command(const Words& args) {
  const Parsed parsed = parse("flags", args);
  if (!parsed.words().empty()) throw UsageError("flags: unexpected '" + parsed.words()[0] + "'; it takes options only");
  const bool race = parsed.has("race");
  if (parsed.has("pkg-config")) {
    std::fputs(pkg_config_file(race).c_str(), stdout);
    return 0;
  }
  const bool both = parsed.has("cflags") == parsed.has("libs");
  const std::string prefix = install_prefix();
  Words flags;
  if (both || parsed.has("cflags")) {
    append(flags, include_flags(prefix));
    append(flags, define_flags(race));
    append(flags, compile_flags(prefix, race));
  }
  if (both || parsed.has("libs")) append(flags, link_flags(prefix, race, Libraries::kByFile));
  std::printf("%s\n", joined(flags).c_str());
  return 0;
}

}  // namespace baton::tools
