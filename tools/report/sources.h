// SPDX-License-Identifier: Apache-2.0
//
// File names as reports show them, and the lines of source files.
#pragma once

#include <string>
#include <vector>

namespace baton::tools {

// The folder that names are made relative to; the current directory if never called.
void set_source_root(const std::string& folder);
const std::string& source_root();

// `file` relative to that folder if it lies below it, without "./" and "..".
std::string relative_name(const std::string& file);

struct SourceLine {
  int number;
  std::string text;
};

// The lines around `line`, `before` and `after` of them at most; empty if the file cannot be read or is that short.
// A relative name is looked for below the folder.
std::vector<SourceLine> lines_around(const std::string& file, int line, int before, int after);

}  // namespace baton::tools
