// SPDX-License-Identifier: Apache-2.0
//
// The little that our commands must know of clang's command line: which flags take the next argument as their value, so
// that a value is never taken for an input file; what a file name says about its language; what @FILE contains.
// Everything else is clang's business and passes through untouched.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace baton::tools {

// Whether `flag`, spelled exactly so, takes the following argument as its value ("-o", "-Xclang"; not "-O2", "-ofile").
bool takes_next_argument(std::string_view flag);

// What clang makes of an input, by its file name or by the -x before it.
enum class Language { kC, kCxx, kHeader, kOther };  // kOther: assembly, IR, objects, archives: no language standard

Language language_of_file(std::string_view path);
Language language_of_x(std::string_view x_value);

// Replaces every @FILE by the arguments in the file, quoted as GNU tools do (also in nested ones). A file that cannot
// be read stays as it is: clang reports it.
std::vector<std::string> expand_response_files(const std::vector<std::string>& args);

}  // namespace baton::tools
