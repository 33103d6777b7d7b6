// SPDX-License-Identifier: Apache-2.0
//
// What a command line of baton-c++ asks clang to do, as far as we must know it to add our own flags: does it compile,
// does it link, which language standard. Found by a walk over the arguments by hand: an option library would have to
// know every flag of clang, and the rule here is that flags we know nothing about pass through in their order.
#pragma once

#include <string>
#include <vector>

#include "tools/common/clang_flags.h"

namespace baton::tools {

struct Request {
  std::vector<std::string> args;  // for clang: as given, without -race

  bool race = false;
  bool has_input = false;       // false: a question to the compiler (--version, -print-*, -v); nothing of ours is added
  bool compiles = false;        // an input goes through the compiler proper, code is generated
  bool preprocesses = false;    // an input goes at least through the preprocessor
  bool links = false;           // the linker runs
  bool shared = false;          // links a shared library: -shared
  bool is_static = false;       // links no shared library: -static, -static-pie
  bool no_libraries = false;    // -nostdlib, -nodefaultlibs, -r: the user says what is linked
  bool standard_given = false;  // -std=, -ansi
  bool all_cxx = false;         // every input with a language is C++, so that -std=c++20 may be added
  bool lto = false;
  bool linker_given = false;  // -fuse-ld=, --ld-path=
  bool pass_given = false;    // -fpass-plugin= of a baton
  bool libcxx = false;        // -stdlib=libc++
  std::string sanitizer;      // of -fsanitize=, the one that cannot live beside our detector; "" if none
};

// `cxx`: the command is baton-c++, which like clang++ takes .c and .h files for C++.
Request understand(const std::vector<std::string>& given, bool cxx);

}  // namespace baton::tools
