// SPDX-License-Identifier: Apache-2.0
//
// The flags that make clang 19 compile and link a program of ours, once: for the compilers baton-c++ and baton-cc, for
// `baton flags`, and so for pkg-config and CMake.
#pragma once

#include <string>
#include <vector>

namespace baton::tools {

// Where the public headers are; none if that is a folder every compiler searches by itself.
std::vector<std::string> include_flags(const std::string& prefix);

// What selects the checked variant of the headers; none without `race`.
std::vector<std::string> define_flags(bool race);

// Code generation: the pass, and what unwinding and reports need.
std::vector<std::string> compile_flags(const std::string& prefix, bool race);

// How the libraries are named to the linker.
enum class Libraries {
  // As --library and not as -l: CMake collects -l, and names of files, from a trial link as "implicit libraries" of the
  // compiler, and would put those of the C compiler (without -race) into a C++ program with -race.
  kByName,
  // Meson leaves out search folders of libraries that it does not find itself.
  kByFile,
};

// Linking an executable: the runtime and, with `race`, the detector. main becomes goroutine 1.
std::vector<std::string> link_flags(const std::string& prefix, bool race, Libraries libraries);

// What a static program needs besides: the names under which the C library has the functions that lie behind the
// runtime's own (runtime/src/thread_locks.cpp).
std::vector<std::string> static_link_flags();

// The files that those flags name, for a check that the installation is complete.
std::string pass_file(const std::string& prefix);
std::vector<std::string> library_files(const std::string& prefix, bool race);

}  // namespace baton::tools
